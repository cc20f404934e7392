import * as v from "valibot";

/** One fault in an input: where (JSON Pointer, RFC 6901, as a URI fragment), what, and a code for programs. */
export interface Fault {
  pointer: string;
  detail: string;
  code: "missing" | "unknown" | "invalid";
}

export type Parsed<Output> = { ok: true; value: Output } | { ok: false; faults: Fault[] };

type ObjectSchema = v.GenericSchema & { entries?: Record<string, unknown> };

/**
 * Parses once, at the border, and names every member at fault.
 *
 * The details never repeat what was received: they are logged and answered, and what was received is personal.
 */
export function parse<Schema extends v.GenericSchema>(schema: Schema, input: unknown): Parsed<v.InferOutput<Schema>> {
  // To valibot a list is an object, and to a schema with optional members only, an empty one is right.
  if (isListForObject(schema, input)) {
    return { ok: false, faults: [{ pointer: "#", detail: "must be an object", code: "invalid" }] };
  }
  const result = v.safeParse(schema, input, { message: (issue) => `must be ${issue.expected ?? "valid"}` });
  if (result.success) return { ok: true, value: result.output };
  const known = result.issues.filter((issue) => !isUnknownMember(issue)).map(toFault);
  return { ok: false, faults: unique([...known, ...unknownMembers(schema, input), ...nestedUnknown(result.issues)]) };
}

/** Faults that a line names; the rest it counts, so that the line is short whatever was received. */
const named = 8;

/** Where and what, for a log line: `#/insuredId must be …; a member is not known`. Names only, no values. */
export function describe(faults: Fault[]): string {
  // An unknown member's name is whatever the sender typed.
  const known = faults.filter(({ code }) => code !== "unknown").map(({ pointer, detail }) => `${pointer} ${detail}`);
  const unknown = faults.length - known.length;
  return [
    ...known.slice(0, named),
    ...(known.length > named ? [`${known.length - named} more`] : []),
    ...(unknown > 1 ? [`${unknown} members are not known`] : unknown === 1 ? ["a member is not known"] : []),
  ].join("; ");
}

const isUnknownMember = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === "strict_object" && issue.expected === "never";

const isMissingMember = ({ type, path }: v.BaseIssue<unknown>): boolean =>
  (type === "strict_object" || type === "loose_object") && path?.at(-1)?.origin === "key";

const isListForObject = ({ entries }: ObjectSchema, input: unknown): boolean =>
  entries !== undefined && Array.isArray(input);

function toFault(issue: v.BaseIssue<unknown>): Fault {
  const pointer = pointerOf((issue.path ?? []).map((item) => item.key));
  if (isMissingMember(issue)) return { pointer, detail: "is missing", code: "missing" };
  return { pointer, detail: issue.message, code: "invalid" };
}

// valibot stops at the first unknown member; the sender wants to hear of all.
function unknownMembers({ type, entries }: ObjectSchema, input: unknown): Fault[] {
  if (type !== "strict_object" || !entries || typeof input !== "object" || input === null) return [];
  return Object.keys(input)
    .filter((key) => !Object.hasOwn(entries, key))
    .map((key) => unknownFault([key]));
}

const nestedUnknown = (issues: v.BaseIssue<unknown>[]): Fault[] =>
  issues
    .filter((issue) => isUnknownMember(issue) && (issue.path?.length ?? 0) > 1)
    .map((issue) => unknownFault((issue.path ?? []).map((item) => item.key)));

const unknownFault = (path: unknown[]): Fault => ({
  pointer: pointerOf(path),
  detail: "is not known",
  code: "unknown",
});

const pointerOf = (path: unknown[]): string =>
  ["#", ...path.map((key) => encodeURIComponent(escaped(String(key))))].join("/");

// A name can hold half of a surrogate pair, which has no UTF-8.
const escaped = (name: string): string => name.toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");

/** One fault per member is enough: the first is the most basic. */
const unique = (faults: Fault[]): Fault[] =>
  [...new Map(faults.toReversed().map((f) => [f.pointer, f])).values()].toReversed();
