import { isOpen } from "@appointments/core/appointment/appointment";
import { fromItem } from "@appointments/core/appointment/item";
import { query, scan } from "@appointments/core/appointment/table";
import { type CountryCode, countryCodes } from "@appointments/core/country/country";
import type { Row } from "@appointments/core/country/row";
import { AppError } from "@appointments/core/error";
import type { Site } from "../site.ts";

/*
 * Where an insured is in the stores. Dead letters are beside it, in letters.ts: to look is to receive.
 */

export type Item = Record<string, unknown> & { pk: string; sk: string };

/** The insured's items as they are stored: the partition, strongly consistent. */
export const appointmentItems = (site: Site, insuredId: string): Promise<Item[]> =>
  all((start) =>
    query(site.table, {
      KeyConditionExpression: "pk = :insured",
      ExpressionAttributeValues: { ":insured": insuredId },
      ConsistentRead: true,
      ...start,
    }),
  );

/** The Idempotency-Keys of the insured's requests. No index leads to them: it reads the whole table, and is billed so. */
export const keyItems = (site: Site, insuredId: string): Promise<Item[]> =>
  all((start) =>
    scan(site.table, {
      FilterExpression: "begins_with(pk, :key) AND insuredId = :insured",
      ExpressionAttributeValues: { ":key": "idempotency#", ":insured": insuredId },
      ConsistentRead: true,
      ...start,
    }),
  );

interface Page {
  Items?: Record<string, unknown>[] | undefined;
  LastEvaluatedKey?: Record<string, unknown> | undefined;
}

async function all(read: (start: { ExclusiveStartKey?: Record<string, unknown> }) => Promise<Page>): Promise<Item[]> {
  const found: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: Page = await read(start ? { ExclusiveStartKey: start } : {});
    found.push(...(Items as Item[])); // the table's key schema: pk and sk
    start = LastEvaluatedKey;
  } while (start);
  return found;
}

const pageSize = 500;

/** The insured's rows in every country. */
export async function rowsOf(site: Site, insuredId: string): Promise<Map<CountryCode, Row[]>> {
  const found = new Map<CountryCode, Row[]>();
  for (const code of countryCodes) {
    const rows: Row[] = [];
    for (let more = true; more; ) {
      const page = await site.rows(code).ofInsured(insuredId, rows.at(-1)?.id ?? "", pageSize);
      rows.push(...page);
      more = page.length === pageSize;
    }
    found.set(code, rows);
  }
  return found;
}

/** What of an appointment's item its erasure must know. An item that cannot be read is erased as well, without it. */
export interface Known {
  countryISO: CountryCode;
  appointmentId: string;
  scheduleId: number;
  createdAt: string;
  /** Whether it is undecided, or holds a slot. */
  live: boolean;
}

/** Reads the items; those that are no appointments are left out. */
export function knownIn(items: Item[]): Known[] {
  return items.flatMap((item) => {
    try {
      const { appointment } = fromItem(item);
      const { countryISO, appointmentId, scheduleId, createdAt, status } = appointment;
      const live = status === "completed" || isOpen(appointment);
      return [{ countryISO, appointmentId, scheduleId, createdAt, live }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return [];
    }
  });
}
