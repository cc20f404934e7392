import { randomUUID } from "node:crypto";
import { toTimestamp } from "@appointments/core/time";
import type { Deleted } from "./letters.ts";

/** What was erased. It counts, and names nobody, so it can be kept as evidence and handed out. */
export interface Receipt {
  /** Random: made of the person, it would name the person. */
  receipt: string;
  site: string;
  /** ISO 8601. */
  at: string;
  erased: {
    /** Items of appointments and of Idempotency-Keys. */
    appointments: number;
    idempotencyKeys: number;
    /** Rows that name nobody any more, by country, and slots that were given back. */
    rows: Record<string, number>;
    slotsFreed: number;
    deadLetters: Record<string, number>;
  };
  /** What cannot be erased, and by when it is gone at the latest. */
  remains: { where: string; until: string }[];
  /** Messages in working queues, of whomever. */
  underWay: number;
  /** Dead letters that somebody else held. */
  unseen: number;
}

/** Days that what nobody can reach into keeps a person; in production, elsewhere less. A test compares them with its graph. */
export const daysThatRemain = {
  "archive of the bus": 90,
  "point-in-time recovery of DynamoDB": 35,
  "backups of MySQL": 35,
  "messages in working queues": 4,
} as const;

const dayMs = 24 * 60 * 60 * 1000;

export interface Counts {
  appointments: number;
  idempotencyKeys: number;
  rows: Map<string, number>;
  slotsFreed: number;
}

export const receiptOf = (
  site: string,
  { appointments, idempotencyKeys, rows, slotsFreed }: Counts,
  letters: Record<string, Deleted>,
  underWay: number,
  now: number,
): Receipt => ({
  receipt: randomUUID(),
  site,
  at: toTimestamp(now),
  erased: {
    appointments,
    idempotencyKeys,
    rows: Object.fromEntries(rows),
    slotsFreed,
    deadLetters: Object.fromEntries(Object.entries(letters).map(([queue, { deleted }]) => [queue, deleted])),
  },
  remains: Object.entries(daysThatRemain).map(([where, days]) => ({ where, until: toTimestamp(now + days * dayMs) })),
  underWay,
  unseen: Object.values(letters).reduce((sum, { unseen }) => sum + unseen, 0),
});

/** The receipt for people. */
export function receiptText({ receipt, site, at, erased, remains, underWay, unseen }: Receipt): string {
  const counted = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  return [
    `receipt      ${receipt}`,
    `at           ${at}, on ${site}`,
    `DynamoDB     ${erased.appointments} appointments, ${erased.idempotencyKeys} Idempotency-Keys deleted`,
    `MySQL        rows that name nobody any more: ${counted(erased.rows)}; slots given back: ${erased.slotsFreed}`,
    `dead letters deleted: ${counted(erased.deadLetters)}`,
    "remains      by itself gone at the latest",
    ...remains.map(({ where, until }) => `  ${until}  ${where}`),
    ...(underWay > 0
      ? [`under way    ${underWay} messages of whomever; those of this person change nothing any more`]
      : []),
    ...(unseen > 0 ? [`unseen       ${unseen} dead letters that somebody held; repeat in a minute`] : []),
  ].join("\n");
}
