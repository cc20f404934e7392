import { and, asc, eq, gt, inArray, lt, ne, sql } from "drizzle-orm";
import * as v from "valibot";
import { insuredId, scheduleId } from "../appointment/appointment.ts";
import { storedRowStatus } from "../appointment/stored.ts";
import type { Database, Sql } from "../database/database.ts";
import { timestamp } from "../event.ts";
import { id as appointmentId } from "../id.ts";
import { type Clock, systemClock } from "../time.ts";
import { type Country, countries } from "./country.ts";
import { type CountryTable, countryTables, nobody, toRow } from "./row.ts";

/*
 * How a country's rows lose their person. A row keeps its id, slot, status and times, so that its slot stays held and its
 * past true; `nobody` stands where the insured stood. Every statement is safe to repeat, and commits at most `batch` rows.
 */

/** Rows that one statement changes, so that it holds few locks and not for long. */
const batch = 500;

/** What an erasure does with a slot that the person holds: an appointment that took place keeps it, another gives it back. */
export const liveChoices = ["keep", "cancel"] as const;

/** What is asked of the function that erases. */
export const eraseRequest = v.variant("ask", [
  v.strictObject({
    ask: v.literal("erase"),
    insuredId,
    live: v.picklist(liveChoices),
    /** Appointments that the table knows; those without a row get one, which names nobody. */
    known: v.pipe(v.array(v.strictObject({ appointmentId, scheduleId, createdAt: timestamp })), v.maxLength(1_000)),
  }),
  /** The schedule asks for it: rows older than the country's retention. */
  v.strictObject({ ask: v.literal("expire") }),
]);

export type EraseRequest = v.InferOutput<typeof eraseRequest>;
export type Erasing = Omit<Extract<EraseRequest, { ask: "erase" }>, "ask">;

/** What changed: rows that lost their person, and slots that were given back. */
export interface Erasure {
  rows: number;
  freed: number;
}

export const erasure = v.object({ rows: v.number(), freed: v.number() });

/**
 * Erases an insured from a country's rows.
 *
 *     1  a row that names nobody for each known appointment without one    its request, still in a queue, finds it
 *     2  completed → cancelled, when live slots are given back
 *     3  the insured → nobody
 *
 * A crash after any of them is finished by a repeat. The primary key decides between 1 and a request that is being decided:
 * whoever inserts second changes nothing, and 3 finds the row of the request. Throws `database_unavailable`, `database_failed`.
 */
export async function eraseRows(
  database: Database,
  country: Country,
  { insuredId: who, live, known }: Erasing,
  clock: Clock = systemClock,
): Promise<Erasure> {
  const table = countryTables[country.code];
  const now = new Date(clock());
  await database.run((db) => insertNobody(db, table, country, known, now));
  const done: Erasure = { rows: 0, freed: 0 };
  for (;;) {
    const ids = await database.run((db) =>
      idsOf(db.select({ id: table.id }).from(table).where(eq(table.insuredId, who)).limit(batch)),
    );
    if (ids.length === 0) return done;
    const still = and(inArray(table.id, ids), eq(table.insuredId, who));
    if (live === "cancel") {
      done.freed += await database.run((db) =>
        changed(
          db
            .update(table)
            .set({ status: storedRowStatus.to("cancelled"), updatedAt: now })
            .where(and(still, eq(table.status, storedRowStatus.to("completed")))),
        ),
      );
    }
    done.rows += await database.run((db) => changed(db.update(table).set({ insuredId: nobody }).where(still)));
  }
}

async function insertNobody(
  db: Sql,
  table: CountryTable,
  { code: countryISO }: Country,
  known: Erasing["known"],
  now: Date,
): Promise<void> {
  if (known.length === 0) return;
  const decision = { status: "cancelled", version: 2, changes: 0, updatedAt: now } as const;
  const values = known.map((booking) => toRow({ ...booking, insuredId: nobody, countryISO }, decision));
  await db
    .insert(table)
    .values(values)
    .onDuplicateKeyUpdate({ set: { id: sql`${table.id}` } });
}

/** Days that the item has to go before its row names nobody: DynamoDB deletes within a few days of the time to live. */
const grace = 3;
const dayMs = 24 * 60 * 60 * 1000;

/** Whether a row is older than its country keeps it. Its item goes by its time to live. */
export const isExpired = ({ retention }: Country, { updatedAt }: { updatedAt: Date }, now: number): boolean =>
  updatedAt.getTime() < now - retention.days * dayMs;

/**
 * Erases the insured from rows that did not change for longer than the country's retention.
 *
 * It walks the old end of the primary key (ids sort by time of creation, and no row is older than its id), reads without
 * locks and changes at most 500 rows a statement. When `mayGoOn` says no, the next run goes on: what is done stays done.
 * Throws `database_unavailable`, `database_failed`.
 */
export async function expireRows(
  database: Database,
  country: Country,
  mayGoOn: () => boolean,
  clock: Clock = systemClock,
): Promise<Erasure> {
  const table = countryTables[country.code];
  const before = clock() - (country.retention.days + grace) * dayMs;
  const old = and(lt(table.updatedAt, new Date(before)), ne(table.insuredId, nobody));
  const done: Erasure = { rows: 0, freed: 0 };
  for (let after = ""; mayGoOn(); ) {
    const inOldEnd = and(gt(table.id, after), lt(table.id, firstIdOf(before)), old);
    const ids = await database.run((db) =>
      idsOf(db.select({ id: table.id }).from(table).where(inOldEnd).orderBy(asc(table.id)).limit(batch)),
    );
    const last = ids.at(-1);
    if (last === undefined) return done;
    // A change that came meanwhile has made the row young again.
    const still = and(inArray(table.id, ids), old);
    done.rows += await database.run((db) => changed(db.update(table).set({ insuredId: nobody }).where(still)));
    after = last;
  }
  return done;
}

/** The least UUIDv7 of a moment: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7). */
export function firstIdOf(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

async function idsOf(select: PromiseLike<{ id: string }[]>): Promise<string[]> {
  return (await select).map(({ id }) => id);
}

/** How many rows a statement changed. */
async function changed(update: PromiseLike<[{ affectedRows: number }, unknown]>): Promise<number> {
  return (await update)[0].affectedRows;
}

/** The country erases as the function is asked. Throws as `eraseRows` and `expireRows`. */
export function answerErasure(
  database: Database,
  code: Country["code"],
  request: EraseRequest,
  mayGoOn: () => boolean,
): Promise<Erasure> {
  const country = countries[code];
  return request.ask === "expire"
    ? expireRows(database, country, mayGoOn)
    : eraseRows(database, country, { insuredId: request.insuredId, live: request.live, known: request.known });
}
