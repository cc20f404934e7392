import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { changeableIn, type RowStatus } from "../appointment/appointment.ts";
import type { ChangeRequested, Outcome } from "../appointment/event.ts";
import { type Clock, notBefore, systemClock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { databaseTrouble, isDuplicate, isFault } from "../database/trouble.ts";
import { AppError } from "../error.ts";
import type { Country } from "./country.ts";
import { outcomeOf, type Row, readBack, type Table } from "./row.ts";

type Asked = ChangeRequested["data"];

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
 * @returns for each change, in order, what its row tells, or why it tells nothing: `appointment_unknown`,
 * `appointment_mismatch`, `database_failed`. Throws `database_unavailable`.
 */
export async function applyChanges(
  database: Database,
  country: Country,
  changes: Pick<ChangeRequested, "data" | "time">[],
  clock: Clock = systemClock,
): Promise<(Outcome | AppError)[]> {
  if (changes.length === 0) return [];
  const now = clock();
  return database.run(async (db) => {
    const failed: (AppError | undefined)[] = [];
    for (const { data, time } of changes) {
      failed.push(await alone(() => apply(db, country.table, data, new Date(notBefore(time, now)))));
    }
    const rows = await readBack(
      db,
      country.table,
      changes.map(({ data }) => data),
    );
    return changes.map(({ data }, index) => failed[index] ?? answerOf(data, rows.get(data.appointmentId)));
  });
}

/** Data that the database refuses is the fault of one change; the others go on. What passes is thrown, for all. */
async function alone(work: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isFault(error)) throw error;
    return databaseTrouble(error);
  }
}

const apply = (db: Sql, table: Table, asked: Asked, at: Date): Promise<void> =>
  asked.change.kind === "cancel" ? cancel(db, table, asked, at) : reschedule(db, table, asked, at);

async function cancel(db: Sql, table: Table, asked: Asked, at: Date): Promise<void> {
  const { appointmentId: id, insuredId, scheduleId, createdAt } = asked;
  const reason = asked.change.kind === "cancel" ? asked.change.reason : undefined;
  const cancelled = { status: "cancelled", reason: reason ?? null, ...applied(asked) } as const;
  await db
    .insert(table)
    .values({ id, insuredId, scheduleId, createdAt: new Date(createdAt), updatedAt: at, ...cancelled })
    .onDuplicateKeyUpdate({ set: { id: sql`${table.id}` } });
  await db
    .update(table)
    .set({ ...cancelled, updatedAt: laterOf(table, at), refusedScheduleId: null })
    .where(mayChange(table, asked));
}

async function reschedule(db: Sql, table: Table, asked: Asked, at: Date): Promise<void> {
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

/** A row has the version that its appointment will have when it hears of this. */
const applied = ({ change, version }: Asked) => ({ changes: change.number, version: version + 1 });

/** Another environment, whose clock is ahead, may have written the row before. */
const laterOf = ({ updatedAt }: Table, at: Date) =>
  sql`greatest(${updatedAt}, cast(${sql.param(at, updatedAt)} as datetime(3)))`;

const mayChange = (table: Table, { appointmentId, insuredId, change }: Asked) => {
  const from: RowStatus[] = changeableIn[change.kind].flatMap((status) => (status === "pending" ? [] : [status]));
  return and(
    eq(table.id, appointmentId),
    eq(table.insuredId, insuredId),
    inArray(table.status, from),
    lt(table.changes, change.number),
  );
};

function answerOf({ insuredId, createdAt, countryISO, change }: Asked, row: Row | undefined): Outcome | AppError {
  if (!row) {
    return new AppError(
      "appointment_unknown",
      `There is no row to ${change.kind}; find out what became of the request`,
    );
  }
  if (row.insuredId !== insuredId || row.createdAt.toISOString() !== createdAt) {
    return new AppError(
      "appointment_mismatch",
      "A row of this id tells of another booking; find out who sent the change",
    );
  }
  return outcomeOf(row, countryISO);
}
