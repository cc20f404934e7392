import { type CountryCode, countries } from "../country/country.ts";
import type { Clock } from "../time.ts";
import { getItem, putIf, type Table } from "./table.ts";

/*
 * What is left in the table of an appointment whose person was erased, and how long an appointment is kept at all. A mark
 * holds the appointment's id and nothing of the person: a hash of five digits would be found by trying all of them.
 */

/** Sort key of every mark, by which a scan tells it from an appointment. */
export const markSort = "erased";

const markKey = (appointmentId: string) => ({ pk: `erased#${appointmentId}`, sk: markSort });

const day = 24 * 60 * 60;
/**
 * A mark outlives every message about its appointment, in seconds: 90 days in the bus's archive, then 4 in a queue, then 14 in
 * its dead-letter queue, and as long again when that is redriven.
 */
export const markLifetime = (90 + 2 * (4 + 14)) * day;

/** Marks an appointment as erased, before anything of it is deleted. A repeat renews the mark. */
export async function markErased(table: Table, appointmentId: string, clock: Clock): Promise<void> {
  const expiresAt = Math.floor(clock() / 1000) + markLifetime;
  await putIf(table, {
    Item: { ...markKey(appointmentId), expiresAt },
    // Of two at once the later time stays.
    ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :until",
    ExpressionAttributeValues: { ":until": expiresAt },
  });
}

/** Whether an appointment that is not in the table was there, and its person was erased. Strongly consistent. */
export const wasErased = async (table: Table, appointmentId: string): Promise<boolean> =>
  (await getItem(table, markKey(appointmentId))) !== undefined;

/**
 * When DynamoDB deletes an appointment by its time to live, in seconds since 1970: so long after its last change as its
 * country keeps it. docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 *
 * @param updatedAt ISO 8601
 */
export const expiryOf = (countryISO: CountryCode, updatedAt: string): number =>
  Math.floor(Date.parse(updatedAt) / 1000) + countries[countryISO].retention.days * day;
