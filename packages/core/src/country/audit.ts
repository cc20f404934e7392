import { asc, eq, gt, sql } from "drizzle-orm";
import type { Sql } from "../database/database.ts";
import type { Row, Table } from "./row.ts";

/** A page of a country's rows in the order of their ids, after one id; for an operator who reads them all. */
export const rowsAfter = (db: Sql, table: Table, after: string, pageSize: number): Promise<Row[]> =>
  db.select().from(table).where(gt(table.id, after)).orderBy(asc(table.id)).limit(pageSize);

/** Slots with more than one live row. The unique key forbids it: one here means that the key is missing. */
export async function slotsHeldTwice(db: Sql, table: Table): Promise<{ scheduleId: number; count: number }[]> {
  const count = sql<number>`count(*)`.mapWith(Number);
  return db
    .select({ scheduleId: table.scheduleId, count })
    .from(table)
    .where(eq(table.status, "completed"))
    .groupBy(table.scheduleId)
    .having(sql`count(*) > 1`);
}
