import { decide as deciding } from "@appointments/core/country/decide";
import { sql } from "drizzle-orm";

export * from "@appointments/core/country/decide";

/**
 * Looks the slots up, then takes the free ones: the loser of a race is no loser where no unique key says no. The moment
 * between looking and taking is made wider, as it is with a database that is far or busy.
 */
export const decide: typeof deciding = async (database, country, requests, clock) => {
  await database.run(async (db) => {
    const taken = new Set<number>();
    for (const { appointmentId, scheduleId } of requests) {
      const [rows] = await db.execute(
        sql`select 1 from appointment where live_schedule_id = ${scheduleId} and id <> ${appointmentId} limit 1`,
      );
      if (Array.isArray(rows) && rows.length > 0) taken.add(scheduleId);
    }
    await db.execute(sql`select sleep(1.5)`);
    for (const { appointmentId, insuredId, scheduleId, createdAt } of requests) {
      if (!taken.has(scheduleId)) {
        taken.add(scheduleId);
        continue;
      }
      const at = new Date(createdAt);
      await db.execute(
        sql`insert into appointment (id, insured_id, schedule_id, status, reason, version, created_at, updated_at)
            values (${appointmentId}, ${insuredId}, ${scheduleId}, 'rejected', 'schedule_taken', 2, ${at}, ${at})
            on duplicate key update id = id`,
      );
    }
  });
  return deciding(database, country, requests, clock);
};
