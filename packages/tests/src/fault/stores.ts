import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { Item, Row } from "./checker.ts";

export type StoredItem = Item & { createdAt: string; updatedAt: string; causes: string[] };

/** An attribute as a plain value: text, number, list or map. */
function plain(value: AttributeValue | undefined): unknown {
  if (value?.N !== undefined) return Number(value.N);
  if (value?.L !== undefined) return value.L.map(plain);
  if (value?.M !== undefined) {
    return Object.fromEntries(Object.entries(value.M).map(([name, each]) => [name, plain(each)]));
  }
  return value?.S;
}

/** The appointments among the items of the table; idempotency keys are none. */
export function appointmentsOf(items: Record<string, AttributeValue>[]): StoredItem[] {
  return items.flatMap((stored) => {
    if (stored.appointmentId === undefined || stored.status === undefined) return [];
    // Our own item, written by the code under test: what is missing shows as a violation.
    const item = plain({ M: stored }) as Omit<StoredItem, "waiting" | "eventIds" | "causes"> & {
      pendingShard?: string;
      history?: { eventId: string; cause: string }[];
    };
    const { pendingShard, history = [], ...rest } = item;
    const eventIds = history.map(({ eventId }) => eventId);
    return [{ ...rest, waiting: pendingShard !== undefined, eventIds, causes: history.map(({ cause }) => cause) }];
  });
}

/** Reads the rows of the countries' databases, whose URLs are given by country. */
export function openRows(databases: Record<string, string>) {
  return {
    async read(insured: ReadonlySet<string>): Promise<Record<string, Row[]>> {
      const read = Object.entries(databases).map(async ([country, url]) => {
        // A connection of its own each time: the campaign may have broken those of before.
        const connection = await createConnection(url);
        const [rows] = await connection.query<(Row & RowDataPacket)[]>(
          "select id appointmentId, insured_id insuredId, schedule_id scheduleId, status, version, reason from appointment where insured_id in (?)",
          [[...insured]],
        );
        await connection.end();
        return [country, rows.map((row) => ({ ...row }))] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    },
    /** What the server calls itself, for the report. */
    async version(): Promise<string> {
      const [url = ""] = Object.values(databases);
      const connection = await createConnection(url);
      const [rows] = await connection.query<({ version: string } & RowDataPacket)[]>("select version() version");
      await connection.end();
      return rows[0]?.version ?? "unknown";
    },
  };
}
