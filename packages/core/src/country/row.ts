import { inArray } from "drizzle-orm";
import { cancelReasons, reasons } from "../appointment/appointment.ts";
import type { Booking, Outcome } from "../appointment/event.ts";
import type { Sql } from "../database/database.ts";
import { AppError } from "../error.ts";
import type { Country, CountryCode } from "./country.ts";

export type Table = Country["table"];
export type Row = Table["$inferSelect"];

/** The rows of these appointments, by id. */
export async function readBack(db: Sql, table: Table, of: Pick<Booking, "appointmentId">[]): Promise<Map<string, Row>> {
  const ids = of.map(({ appointmentId }) => appointmentId);
  const rows = await db.select().from(table).where(inArray(table.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * What a row tells: always its newest decision, whichever message asks. So a repeat tells the same again, and a late
 * message tells what became of the appointment since.
 */
export function outcomeOf(row: Row, countryISO: CountryCode): Outcome | AppError {
  const decided = {
    appointmentId: row.id,
    insuredId: row.insuredId,
    scheduleId: row.scheduleId,
    countryISO,
    createdAt: row.createdAt.toISOString(),
    version: row.version,
    updatedAt: row.updatedAt.toISOString(),
  };
  const number = row.changes;
  if (row.status === "cancelled") {
    const reason = cancelReasons.find((each) => each === row.reason);
    const change = { number, kind: "cancel", status: "completed", ...(reason && { reason }) } as const;
    return { ...decided, status: "cancelled", change };
  }
  if (row.status === "rejected") {
    const reason = reasons.find((each) => each === row.reason);
    if (!reason) return new AppError("internal", "A rejected row has no reason; give it one");
    return { ...decided, status: "rejected", reason };
  }
  if (number === 0) return { ...decided, status: "completed" };
  const refused = row.refusedScheduleId;
  if (refused === null) {
    const change = { number, kind: "reschedule", status: "completed", scheduleId: row.scheduleId } as const;
    return { ...decided, status: "completed", change };
  }
  const change = { number, kind: "reschedule", status: "rejected", scheduleId: refused, reason: reasons[0] } as const;
  return { ...decided, status: "completed", change };
}
