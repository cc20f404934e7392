import { createHash } from "node:crypto";
import * as v from "valibot";
import { AppError } from "../error.ts";
import { id } from "../id.ts";
import { allNamed } from "../mapping.ts";
import { parse } from "../parse.ts";
import type { Clock } from "../time.ts";
import type { AppointmentRequest } from "./appointment.ts";
import type { Caller } from "./caller.ts";
import { getItem, putIf, type Table } from "./table.ts";

/** A key is remembered this long, in seconds: 24 hours. DynamoDB's TTL removes it some time later. */
export const lifetime = 24 * 60 * 60;

/**
 * So long the first request under a key is taken to be still at work, in milliseconds. It writes the appointment some
 * milliseconds after the key; a write that DynamoDB makes it repeat ends after 6 seconds at the latest (`clientConfig`).
 * What has died is taken over after it. One that lives longer is no danger: both write the same, on one condition.
 */
export const lease = 6_000;

const keyItem = v.object({
  appointmentId: id,
  fingerprint: v.string(),
  expiresAt: v.number(),
  // Milliseconds. Keys of earlier releases, which live for a day, have none.
  claimedAt: v.exactOptional(v.number()),
});

/** Who holds a key: this request, since now, or an earlier one. */
export interface Claim {
  appointmentId: string;
  /** Whether an earlier request holds it. */
  held: boolean;
  /** Whether that one may still be at work, if it has not written its appointment. */
  fresh: boolean;
}

/**
 * Gives a caller's Idempotency-Key to an appointment id, once, and says which id holds the key.
 *
 * The key's item is written before the appointment. After a crash between the two, a repeat finds the id here, misses
 * the appointment and writes it under the same id: two single conditional writes, no transaction.
 *
 * Throws `idempotency_key_reused` when the key was given to a different request.
 */
export async function claimKey(
  table: Table,
  caller: Caller,
  claim: { key: string; request: AppointmentRequest; appointmentId: string },
  clock: Clock,
): Promise<Claim> {
  const itemKey = { pk: `idempotency#${hashOf(caller, claim.key)}`, sk: "idempotency" };
  const { appointmentId, request } = claim;
  const fingerprint = fingerprintOf(request);
  // Twice: the item can be removed between our write and our read.
  for (let round = 0; round < 2; round++) {
    const claimedAt = clock();
    const now = Math.floor(claimedAt / 1000);
    const expiresAt = now + lifetime;
    const written = await putIf(table, {
      Item: { ...itemKey, appointmentId, insuredId: request.insuredId, fingerprint, expiresAt, claimedAt },
      // TTL deletes late: what has expired is as good as absent.
      ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    });
    if (written) return { appointmentId, held: false, fresh: true };
    const held = await heldBy(table, itemKey);
    if (!held) continue;
    if (held.fingerprint === fingerprint) {
      const fresh = held.claimedAt !== undefined && claimedAt < held.claimedAt + lease;
      return { appointmentId: held.appointmentId, held: held.appointmentId !== appointmentId, fresh };
    }
    const message = "This Idempotency-Key was used for a different request; send a new key with a new request";
    throw new AppError("idempotency_key_reused", message);
  }
  throw new AppError("table_unavailable", "The Idempotency-Key changed hands meanwhile; try again");
}

async function heldBy(table: Table, itemKey: { pk: string; sk: string }) {
  const stored = await getItem(table, itemKey);
  if (stored === undefined) return undefined;
  const result = parse(keyItem, stored);
  if (!result.ok) throw new AppError("internal", "An item of the table is not an idempotency key; remove it");
  return result.value;
}

/** The same for the same request, in whatever order its members came. Keys live for a day: a new field goes to the end. */
function fingerprintOf({ insuredId, scheduleId, countryISO, ...rest }: AppointmentRequest): string {
  allNamed(rest);
  return sha256(JSON.stringify([insuredId, scheduleId, countryISO]));
}

/**
 * A caller's key as it is stored: hashed, and another one for each caller. A patient's has the person, too, because where
 * a token has no subject its client's id stands for it, and many people share a client.
 */
export function hashOf(caller: Caller, key: string): string {
  const { kind, id } = caller;
  return sha256(JSON.stringify([kind, id, kind === "patient" ? caller.insuredId : "", key]));
}

/** A key as it was stored before callers were known. */
export const hashOfKey = (key: string): string => sha256(key);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
