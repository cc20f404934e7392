import { mysqlTable } from "drizzle-orm/mysql-core";
import { appointmentColumns, oneLivePerSlot } from "../../database/columns.ts";

/** Peru's appointments. Columns that only Peru has go beside the shared ones. */
export const pe = mysqlTable("appointment", { ...appointmentColumns() }, (table) => [oneLivePerSlot(table)]);
