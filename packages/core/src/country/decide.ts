import { inArray, sql } from "drizzle-orm";
import type { Booking, Outcome, Rejection } from "../appointment/appointment.ts";
import type { Database, Sql } from "../database/database.ts";
import { AppError } from "../error.ts";
import { type Clock, notBefore, systemClock } from "../time.ts";
import type { Country } from "./country.ts";
import {
  type CountryTable,
  countryTables,
  isErased,
  outcomeOf,
  personErased,
  type Row,
  type RowDecision,
  readBack,
  toRow,
} from "./row.ts";

/**
 * Decides a batch of requests in the country's database: `completed` if the slot was free, else `rejected`, because
 * another holds the slot or because the insured does already, by another appointment.
 *
 * Three statements that change or answer, each committed by itself and safe to repeat; nothing is assumed between them, the outcomes are
 * what was read back:
 *
 *     1  insert all as completed     a row that is there (redelivery) or whose slot is held stays as it is
 *     2  read them back              present: decided, now or before;  absent: another holds the slot
 *     3  insert the absent as rejected, read those back; who holds their slots is looked up just before
 *
 *     crash after 1 or 2:  the redelivery's 1 changes nothing, its 2 finds the rows
 *     crash after 3:       the redelivery's 2 finds the rejected rows, with the reason of then
 *     the same request twice at once: both do 1, one row comes of it, both read it. If one loses in 1 and the other
 *     wins (the slot was given back in between), the loser's 3 meets the row, changes nothing and reads `completed`.
 *     the row was cancelled or moved meanwhile: 1 changes nothing, 2 finds it, and the outcome is its newest decision
 *     the person was erased meanwhile: 1 changes nothing, 2 finds the row without the person: `person_erased`
 *     two requests for one slot in one batch: the first row inserted holds it, the second is absent in 2
 *
 * @returns for each request, in order, its outcome, or why it has none: `appointment_mismatch` when a row of that id
 * is of another booking. Throws `database_unavailable`, `database_failed`.
 */
export async function decide(
  database: Database,
  country: Country,
  requests: Booking[],
  clock: Clock = systemClock,
): Promise<(Outcome | AppError)[]> {
  if (requests.length === 0) return [];
  const rows = await database.run((db) => decideAll(db, countryTables[country.code], requests, clock()));
  return requests.map((request) => answerOf(request, rows.get(request.appointmentId)));
}

async function decideAll(db: Sql, table: CountryTable, requests: Booking[], now: number): Promise<Map<string, Row>> {
  await insert(db, table, requests, () => ({ status: "completed" }), now);
  const decided = await readBack(db, table, requests);
  const losers = requests.filter(({ appointmentId }) => !decided.has(appointmentId));
  if (losers.length === 0) return decided;
  const holders = await holdersOf(db, table, losers);
  await insert(
    db,
    table,
    losers,
    (loser) => ({ status: "rejected", ...rejection(loser, holders.get(loser.scheduleId)) }),
    now,
  );
  return new Map([...decided, ...(await readBack(db, table, losers))]);
}

/** Who holds the slots that these ask for, by slot. It only chooses the words of a rejection: the slot may be free again by now. */
async function holdersOf(db: Sql, table: CountryTable, losers: Booking[]): Promise<Map<number, Holder>> {
  const slots = losers.map(({ scheduleId }) => scheduleId);
  const { id, insuredId, scheduleId } = table;
  const holders = await db
    .select({ id, insuredId, scheduleId })
    .from(table)
    .where(inArray(table.liveScheduleId, slots));
  return new Map(holders.map((holder) => [holder.scheduleId, holder]));
}

type Holder = Pick<Row, "id" | "insuredId">;
type Decision = Pick<RowDecision, "status" | "reason" | "heldBy">;

const rejection = ({ insuredId }: Booking, holder: Holder | undefined): Rejection =>
  holder?.insuredId === insuredId ? { reason: "already_yours", heldBy: holder.id } : { reason: "schedule_taken" };

/** The country's decision is the second version of an appointment; the first was `pending`. */
const decidedVersion = 2;

async function insert(
  db: Sql,
  table: CountryTable,
  requests: Booking[],
  decisionOf: (request: Booking) => Decision,
  now: number,
): Promise<void> {
  const values = requests
    // One order for all who insert at once: fewer deadlocks. The first to ask for a slot in a batch is the first to get it.
    .toSorted((a, b) => a.scheduleId - b.scheduleId || (a.appointmentId < b.appointmentId ? -1 : 1))
    .map((request) =>
      toRow(request, {
        ...decisionOf(request),
        version: decidedVersion,
        changes: 0,
        updatedAt: new Date(notBefore(request.createdAt, now)),
      }),
    );
  await db
    .insert(table)
    .values(values)
    .onDuplicateKeyUpdate({ set: { id: sql`${table.id}` } });
}

function answerOf({ insuredId, scheduleId, countryISO, createdAt }: Booking, row: Row | undefined): Outcome | AppError {
  if (!row) return new AppError("database_unavailable", "The row is not there after it was inserted; try again");
  if (isErased(row)) return personErased();
  // A row that has changed since may have moved to another slot.
  const slotDiffers = row.changes === 0 && row.scheduleId !== scheduleId;
  if (row.insuredId !== insuredId || slotDiffers || row.createdAt.toISOString() !== createdAt) {
    return new AppError("appointment_mismatch", "A row of this id is of another booking; find out who sent the second");
  }
  return outcomeOf(row, countryISO);
}
