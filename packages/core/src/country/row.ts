import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import {
  type Booking,
  cancelReasons,
  type Outcome,
  type Reason,
  type RowStatus,
  reasons,
} from "../appointment/appointment.ts";
import { storedReason, storedRowStatus } from "../appointment/stored.ts";
import type { Sql } from "../database/database.ts";
import { AppError } from "../error.ts";
import { allNamed, whole } from "../mapping.ts";
import { cl } from "./cl/schema.ts";
import type { CountryCode } from "./country.ts";
import { pe } from "./pe/schema.ts";

/*
 * An appointment as MySQL keeps it, and its mapping to and from the domain.
 */

/** A decision that a row is written with. */
export interface RowDecision {
  status: RowStatus;
  reason?: Reason | undefined;
  heldBy?: string | undefined;
  version: number;
  /** Number of the last change that was applied; 0 for none. */
  changes: number;
  updatedAt: Date;
}

/** The row of a booking; what MySQL generates itself is left out. */
export function toRow(booking: Booking, decision: RowDecision): Omit<Row, "liveScheduleId"> {
  // The country's rows are in the country's database: no column says so.
  const { appointmentId, insuredId, scheduleId, countryISO: _database, createdAt, ...rest } = booking;
  allNamed(rest);
  const { status, reason, heldBy, version, changes, updatedAt } = decision;
  return {
    id: appointmentId,
    insuredId,
    scheduleId,
    createdAt: new Date(createdAt),
    status: storedRowStatus.to(status),
    reason: reason === undefined ? null : storedReason.to(reason),
    version,
    changes,
    updatedAt,
    refusedScheduleId: null,
    heldBy: heldBy ?? null,
  };
}

/**
 * The outcome that a row stands for: always its newest decision, whichever message asks. So a repeat publishes the same
 * again, and a late message publishes the newest state of the appointment.
 */
export function outcomeOf(row: Row, countryISO: CountryCode): Outcome | AppError {
  const { version, changes: number, refusedScheduleId: refused } = row;
  const decided = { ...bookingOf(row, countryISO), version, updatedAt: row.updatedAt.toISOString() };
  const status = statusOf(row);
  const because = storedReason.find(row.reason ?? "");
  if (status === "cancelled") {
    const reason = cancelReasons.find((each) => each === because);
    return { ...decided, status, change: { number, kind: "cancel", status: "completed", ...(reason && { reason }) } };
  }
  if (status === "rejected") {
    const reason = reasons.find((each) => each === because);
    if (reason === "schedule_taken") return { ...decided, status, reason };
    const { heldBy } = row;
    if (!reason || heldBy === null) return new AppError("internal", "A rejected row has no whole reason; give it one");
    return { ...decided, status, reason, heldBy };
  }
  if (number === 0) return { ...decided, status };
  const { scheduleId } = row;
  const kind = "reschedule";
  if (refused === null) return { ...decided, status, change: { number, kind, status: "completed", scheduleId } };
  const reason = reasons[0];
  return { ...decided, status, change: { number, kind, status: "rejected", scheduleId: refused, reason } };
}

/**
 * Who stands in a row whose person was erased: no digits, so no insured. The row itself then says to a late message that
 * there is nothing to decide any more.
 */
export const nobody = "-----";

export const isErased = ({ insuredId }: Pick<Row, "insuredId">): boolean => insuredId === nobody;

/** The answer to a message about an appointment whose person was erased: it is done, and nothing is published. */
export const personErased = (): AppError =>
  new AppError("person_erased", "The person of this appointment was erased; there is nothing to do");

/** The booking that a row holds. */
const bookingOf = (row: Row, countryISO: CountryCode): Booking =>
  whole<Booking>({
    appointmentId: row.id,
    insuredId: row.insuredId,
    scheduleId: row.scheduleId,
    countryISO,
    createdAt: row.createdAt.toISOString(),
  });

/** The status of a row, in the domain's words. */
export const statusOf = ({ status }: Pick<Row, "status">): RowStatus => storedRowStatus.from(status);

/** The rows of these appointments, by id. */
export async function readBack(
  db: Sql,
  table: CountryTable,
  of: Pick<Booking, "appointmentId">[],
): Promise<Map<string, Row>> {
  const ids = of.map(({ appointmentId }) => appointmentId);
  const rows = await db.select().from(table).where(inArray(table.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** A page of a country's rows in the order of their ids, after one id; for an operator who reads them all. */
export const rowsAfter = (db: Sql, table: CountryTable, after: string, pageSize: number): Promise<Row[]> =>
  db.select().from(table).where(gt(table.id, after)).orderBy(asc(table.id)).limit(pageSize);

/** A page of an insured's rows in the order of their ids, after one id. The database has no index for it: it reads the table. */
export const rowsOfInsured = (db: Sql, table: CountryTable, insuredId: string, after: string, pageSize: number) =>
  db
    .select()
    .from(table)
    .where(and(eq(table.insuredId, insuredId), gt(table.id, after)))
    .orderBy(asc(table.id))
    .limit(pageSize);

/** Slots with more than one live row. The unique key forbids it: one here means that the key is missing. */
export async function slotsHeldTwice(db: Sql, table: CountryTable): Promise<{ scheduleId: number; count: number }[]> {
  const count = sql<number>`count(*)`.mapWith(Number);
  return db
    .select({ scheduleId: table.scheduleId, count })
    .from(table)
    .where(eq(table.status, storedRowStatus.to("completed")))
    .groupBy(table.scheduleId)
    .having(sql`count(*) > 1`);
}

/** The SQL table of each country's appointments. Each has the shared columns; a country can have its own beside them. */
export const countryTables = { PE: pe, CL: cl } as const satisfies Record<CountryCode, unknown>;

export type CountryTable = (typeof countryTables)[CountryCode];
export type Row = CountryTable["$inferSelect"];
