import { query } from "../kit/mysql.ts";
import type { Item, Row } from "./checker.ts";

export type StoredItem = Item & { createdAt: string; updatedAt: string; causes: string[] };

/** An item as the code under test wrote it: what is missing shows as a violation. */
type Written = Omit<StoredItem, "waiting" | "eventIds" | "causes"> & {
  pendingShard?: string;
  history?: { eventId: string; cause: string }[];
};

/** The appointments among the items of the table; idempotency keys are none. */
export function appointmentsOf(items: Record<string, unknown>[]): StoredItem[] {
  return items.filter(isAppointment).map(({ pendingShard, history = [], ...item }) => ({
    ...item,
    waiting: pendingShard !== undefined,
    eventIds: history.map(({ eventId }) => eventId),
    causes: history.map(({ cause }) => cause),
  }));
}

const isAppointment = (item: object): item is Written => "appointmentId" in item && "status" in item;

/** Reads the rows of the countries' databases, whose URLs are given by country. */
export function openRows(databases: Record<string, string>) {
  const select =
    "select id appointmentId, insured_id insuredId, schedule_id scheduleId, status, version, reason from appointment where insured_id in (?)";
  return {
    async read(insured: ReadonlySet<string>): Promise<Record<string, Row[]>> {
      const read = Object.entries(databases).map(
        async ([country, url]) => [country, await query<Row>(url, select, [[...insured]])] as const,
      );
      return Object.fromEntries(await Promise.all(read));
    },
    /** What the server calls itself, for the report. */
    async version(): Promise<string> {
      const [url = ""] = Object.values(databases);
      const [row] = await query<{ version: string }>(url, "select version() version");
      return row?.version ?? "unknown";
    },
  };
}
