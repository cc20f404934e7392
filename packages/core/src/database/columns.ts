import { sql } from "drizzle-orm";
import { bigint, customType, datetime, int, type MySqlColumn, unique } from "drizzle-orm/mysql-core";
import type { StoredReason, StoredRowStatus } from "../appointment/stored.ts";

/** ASCII text compared byte by byte: smaller in an index, and "A" is not "a". */
const ascii = <Text extends string = string>(name: string, type: string) =>
  customType<{ data: Text }>({ dataType: () => `${type} character set ascii collate ascii_bin` })(name);

/** Milliseconds kept, always UTC: a `datetime` has no zone of its own, and Drizzle reads and writes it as UTC. */
const moment = (name: string) => datetime(name, { mode: "date", fsp: 3 });

/** `bigint unsigned` holds every safe integer of JavaScript; beyond them the border refuses. */
const scheduleNumber = (name: string) => bigint(name, { mode: "number", unsigned: true });

/**
 * The columns that an appointment has in every country; a country adds its own beside them.
 *
 * `changes` is the number of the last cancel or reschedule that was applied; `refusedScheduleId` the slot that it did not
 * get. `heldBy` is the insured's other appointment that held the slot, of a row that was rejected for it. `liveScheduleId` is the slot while the row holds it, else NULL (MariaDB has no functional indexes; a stored
 * generated column works on it and on MySQL).
 */
export const appointmentColumns = () => ({
  id: ascii("id", "char(36)").notNull().primaryKey(),
  insuredId: ascii("insured_id", "char(5)").notNull(),
  scheduleId: scheduleNumber("schedule_id").notNull(),
  status: ascii<StoredRowStatus>("status", "varchar(16)").notNull(),
  reason: ascii<StoredReason>("reason", "varchar(32)"),
  version: int("version", { unsigned: true }).notNull(),
  changes: int("changes", { unsigned: true }).notNull().default(0),
  refusedScheduleId: scheduleNumber("refused_schedule_id"),
  heldBy: ascii("held_by", "char(36)"),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
  liveScheduleId: scheduleNumber("live_schedule_id").generatedAlwaysAs(
    sql.raw("(case when `status` = 'completed' then `schedule_id` end)"),
    { mode: "stored" },
  ),
});

/**
 * At most one live appointment per slot: the one guard, and it is inside the write, so that no reader can come between.
 * A unique key lets any number of NULLs be.
 */
export const oneLivePerSlot = (table: { liveScheduleId: MySqlColumn }) =>
  unique("appointment_live_schedule").on(table.liveScheduleId);
