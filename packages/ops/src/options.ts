import { parseArgs } from "node:util";
import * as v from "valibot";

const known = {
  country: { type: "string" },
  data: { type: "string" },
  file: { type: "string" },
  grace: { type: "string" },
  help: { type: "boolean" },
  id: { type: "string" },
  insured: { type: "string" },
  json: { type: "boolean" },
  live: { type: "string" },
  max: { type: "string" },
  queues: { type: "boolean" },
  rate: { type: "string" },
  repair: { type: "boolean" },
  "show-personal": { type: "boolean" },
  since: { type: "string" },
  until: { type: "string" },
  wait: { type: "string" },
  yes: { type: "boolean" },
} as const;

export type Options = ReturnType<typeof readOptions>["values"];

/** Splits the command line. Throws `UsageError`. */
export function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options: known, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number from `least` on. Throws `UsageError`. */
export function wholeNumber(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new UsageError(`--${name} takes a whole number from ${least} on, not "${text}"`);
  return value;
}

/** `10/s` or `10`: messages a second, also below one. Throws `UsageError`. */
export function ratePerSecond(text = "10/s"): number {
  const value = /^\d{1,5}(\.\d{1,3})?(\/s)?$/.test(text) ? Number(text.replace("/s", "")) : Number.NaN;
  if (!(value > 0)) throw new UsageError(`--rate takes messages a second, as 10/s, not "${text}"`);
  return value;
}

/** A moment, or the start of a day in UTC, in milliseconds since 1970: `2026-11-24T06:00:00Z`, `2026-11-24`. Throws `UsageError`. */
export function moment(name: string, text: string): number {
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
  const value = shape.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(value))
    throw new UsageError(`--${name} takes a time with its zone, as 2026-11-24T06:00:00Z, or a day, not "${text}"`);
  return value;
}

/** A wrong command line: reported with a pointer to the help, exit code 2. */
export class UsageError extends Error {}

/** What cannot be done now, with the way out: exit code 1. */
export class OpsError extends Error {}

/** JSON text with these members; others are left out. */
export const jsonOf = <const Members extends v.ObjectEntries>(members: Members) =>
  v.pipe(v.string(), v.parseJson(), v.object(members));
