import { mysqlTable } from "drizzle-orm/mysql-core";
import { appointmentColumns, oneLivePerSlot } from "../../database/columns.ts";

/** Chile's appointments. Columns that only Chile has go beside the shared ones. */
export const cl = mysqlTable("appointment", { ...appointmentColumns() }, (table) => [oneLivePerSlot(table)]);
