import type { CountryCode } from "../country/country.ts";
import { assertPerson } from "./access.ts";
import type { Appointment, AppointmentStatus } from "./appointment.ts";
import type { Caller } from "./caller.ts";
import { lifetime } from "./idempotency.ts";
import { fromItem, keyOf } from "./item.ts";
import { storedStatus } from "./stored.ts";
import { query, type Table } from "./table.ts";

/** Which of an insured's appointments are meant: those that every given member allows. */
export interface ListFilter {
  status?: AppointmentStatus | undefined;
  /** Of these countries; none for an empty list. */
  countries?: readonly CountryCode[] | undefined;
  /** Created then or later: milliseconds since 1970 UTC. */
  from?: number | undefined;
  /** Created before: milliseconds since 1970 UTC. */
  to?: number | undefined;
}

export interface Page {
  items: Appointment[];
  /** Where the next page begins: after this `appointmentId`. None on the last page. */
  next?: string;
}

/** Items that one page reads at most, however few of them the filter allows: about 1 MB, 250 read units. */
const mostRead = 1_000;

/**
 * An insured's appointments that the caller reaches, newest first. Strongly consistent. Throws `insured_not_found`.
 *
 * A page is full unless it is the last one, or what it may read is used up: then it is shorter, even empty, and `next`
 * says where to go on. Each page goes on behind the one before, so a client that follows `next` comes to the end.
 *
 * @param page `limit` is 1–100; `after` is the `next` of the page before, of the same filter; `budget` is the number of
 * items that the page may read.
 */
export async function list(
  table: Table,
  caller: Caller,
  insuredId: string,
  {
    limit,
    after,
    filter = {},
    budget = mostRead,
  }: { limit: number; after?: string | undefined; filter?: ListFilter; budget?: number },
): Promise<Page> {
  assertPerson(caller, insuredId);
  const countries = reachedOf(caller, filter.countries);
  if (countries?.length === 0) return { items: [] };
  const found: Appointment[] = [];
  const conditions = conditionsOf(insuredId, { ...filter, countries });
  let unread = budget;
  let width = 0;
  let start = after === undefined ? undefined : keyOf({ insuredId, appointmentId: after });
  // One more than asked says whether there is another page. DynamoDB ends a page at 1 MB, however few items that is.
  do {
    const {
      Items = [],
      ScannedCount = 0,
      LastEvaluatedKey,
    } = await query(table, {
      ...conditions,
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: Math.min(unread, Math.max(limit + 1 - found.length, width)),
      ...(start && { ExclusiveStartKey: start }),
    });
    found.push(...Items.map((item) => fromItem(item).appointment));
    unread -= ScannedCount;
    // A query that left something out is followed by a wider one: a few of them find what is rare.
    if (Items.length < ScannedCount) width = 4 * Math.max(width, limit + 1);
    start = LastEvaluatedKey as typeof start; // our own key schema: pk and sk
  } while (start && found.length <= limit && unread > 0);
  const items = found.slice(0, limit);
  const next = found.length > limit ? items.at(-1)?.appointmentId : start?.sk;
  return { items, ...(next !== undefined && { next }) };
}

/** Of these countries, or of all, those that the caller reaches; `undefined` for all. */
const reachedOf = (caller: Caller, countries: ListFilter["countries"]): ListFilter["countries"] =>
  caller.kind === "partner"
    ? (countries ?? caller.countries).filter((each) => caller.countries.includes(each))
    : countries;

function conditionsOf(insuredId: string, { status, countries, from, to }: ListFilter) {
  const [first, last] = [from === undefined ? undefined : firstId(from), to === undefined ? undefined : lastId(to)];
  const values: [string, string | undefined][] = [
    [":status", status && storedStatus.to(status)],
    [":from", isoOf(from)],
    [":to", isoOf(to)],
    ...(countries ?? []).map((code, index): [string, string] => [`:country${index}`, code]),
  ];
  const given = values.filter(([, value]) => value !== undefined);
  const filters = [
    status && "#status = :status",
    countries && `countryISO IN (${countries.map((_, index) => `:country${index}`).join(", ")})`,
    from !== undefined && "createdAt >= :from",
    to !== undefined && "createdAt < :to",
  ].filter(Boolean);
  return {
    KeyConditionExpression: `pk = :insured${rangeOf(first, last)}`,
    ...(filters.length > 0 && { FilterExpression: filters.join(" AND ") }),
    ...(status && { ExpressionAttributeNames: { "#status": "status" } }),
    ExpressionAttributeValues: {
      ":insured": insuredId,
      ...(first !== undefined && { ":first": first }),
      ...(last !== undefined && { ":last": last }),
      ...Object.fromEntries(given),
    },
  };
}

function rangeOf(first: string | undefined, last: string | undefined): string {
  if (first !== undefined && last !== undefined) return " AND sk BETWEEN :first AND :last";
  if (first !== undefined) return " AND sk >= :first";
  return last === undefined ? "" : " AND sk <= :last";
}

const isoOf = (milliseconds?: number) =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();

/*
 * An id is made before its appointment, by up to the lifetime of an Idempotency-Key: when the first request dies, a
 * repeat creates the appointment under the first one's id. So the keys are a wider range than the times, and the filter
 * on createdAt decides. Another minute is for clocks that differ.
 */
const clocks = 60_000;
const firstId = (from: number): string => idOf(from - lifetime * 1_000 - clocks);
const lastId = (to: number): string => idOf(to + clocks);

/** What ids of this millisecond begin with: the first 48 bits of a UUIDv7 (RFC 9562, 5.7). In order it is before them. */
function idOf(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
