import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { type ChangeRequest, changeableIn, type Outcome } from "../appointment/appointment.ts";
import { storedRowStatus } from "../appointment/stored.ts";
import type { Database, Sql } from "../database/database.ts";
import { databaseTrouble, isDuplicate, isFault } from "../database/trouble.ts";
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
 * Applies changes of appointments in the country's database, in their order, each by itself and committed by itself.
 *
 * Every write is one statement on one row, and conditional: on the status, as the state machine allows, and on the number
 * of the change being higher than that of the last one applied. So a repeated or late change meets a row that has been
 * there and changes nothing, and a deadlock can be answered by doing all again.
 *
 *     cancel      1  insert the row as cancelled    it overtook its request; a row that is there stays as it is
 *                 2  completed → cancelled          the slot's generated column becomes NULL in the same statement
 *     reschedule  1  move the row to the new slot   takes the new one and frees the old one, both or neither
 *                 2  refused by the unique key: note on the row which slot was refused
 *
 * A crash after any of them is finished by the redelivery. A cancel that meets a rejected row leaves it rejected.
 *
 * @returns for each change, in order, its outcome, or why it has none: `appointment_unknown`,
 * `appointment_mismatch`, `database_failed`. Throws `database_unavailable`.
 */
export async function applyChanges(
  database: Database,
  country: Country,
  changes: { data: ChangeRequest; time: string }[],
  clock: Clock = systemClock,
): Promise<(Outcome | AppError)[]> {
  if (changes.length === 0) return [];
  const now = clock();
  return database.run(async (db) => {
    const failed: (AppError | undefined)[] = [];
    for (const { data, time } of changes) {
      failed.push(await alone(() => apply(db, countryTables[country.code], data, new Date(notBefore(time, now)))));
    }
    const rows = await readBack(
      db,
      countryTables[country.code],
      changes.map(({ data }) => data),
    );
    return changes.map(({ data }, index) => failed[index] ?? answerOf(data, rows.get(data.appointmentId)));
  });
}

/** Data that the database refuses fails one change only. A passing error is thrown, for all. */
async function alone(work: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isFault(error)) throw error;
    return databaseTrouble(error);
  }
}

const apply = (db: Sql, table: CountryTable, asked: ChangeRequest, at: Date): Promise<void> =>
  asked.change.kind === "cancel" ? cancel(db, table, asked, at) : reschedule(db, table, asked, at);

async function cancel(db: Sql, table: CountryTable, asked: ChangeRequest, at: Date): Promise<void> {
  const reason = asked.change.kind === "cancel" ? asked.change.reason : undefined;
  const decision: RowDecision = { status: "cancelled", reason, ...applied(asked), updatedAt: at };
  const row = toRow(asked, decision);
  await db
    .insert(table)
    .values(row)
    .onDuplicateKeyUpdate({ set: { id: sql`${table.id}` } });
  const { status, reason: stored, version, changes, refusedScheduleId } = row;
  await db
    .update(table)
    .set({ status, reason: stored, version, changes, refusedScheduleId, updatedAt: laterOf(table, at) })
    .where(mayChange(table, asked));
}

async function reschedule(db: Sql, table: CountryTable, asked: ChangeRequest, at: Date): Promise<void> {
  if (asked.change.kind !== "reschedule") return;
  const { scheduleId } = asked.change;
  const updatedAt = laterOf(table, at);
  const move = { ...applied(asked), updatedAt, scheduleId, refusedScheduleId: null };
  try {
    await db.update(table).set(move).where(mayChange(table, asked));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const refusal = { ...applied(asked), updatedAt, refusedScheduleId: scheduleId };
    await db.update(table).set(refusal).where(mayChange(table, asked));
  }
}

/** A row has the version that its appointment will have when the outcome is written to it. */
const applied = ({ change, version }: ChangeRequest) => ({ changes: change.number, version: version + 1 });

/** Another environment, whose clock is ahead, may have written the row before. */
const laterOf = ({ updatedAt }: CountryTable, at: Date) =>
  sql`greatest(${updatedAt}, cast(${sql.param(at, updatedAt)} as datetime(3)))`;

const mayChange = (table: CountryTable, { appointmentId, insuredId, change }: ChangeRequest) => {
  const from = changeableIn[change.kind].flatMap((status) =>
    status === "pending" ? [] : [storedRowStatus.to(status)],
  );
  return and(
    eq(table.id, appointmentId),
    eq(table.insuredId, insuredId),
    inArray(table.status, from),
    lt(table.changes, change.number),
  );
};

function answerOf(
  { insuredId, createdAt, countryISO, change }: ChangeRequest,
  row: Row | undefined,
): Outcome | AppError {
  if (!row) {
    return new AppError("appointment_unknown", `There is no row to ${change.kind}; find out where the request is`);
  }
  if (isErased(row)) return personErased();
  if (row.insuredId !== insuredId || row.createdAt.toISOString() !== createdAt) {
    return new AppError("appointment_mismatch", "A row of this id is of another booking; find out who sent the change");
  }
  return outcomeOf(row, countryISO);
}
