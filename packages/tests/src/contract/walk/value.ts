import type { Schema } from "@appointments/contract/document/schema";
import fc from "fast-check";
import { schemas } from "../document.ts";

/** As far as the document's schemas of requests go. */
interface Known extends Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  properties?: Record<string, Known>;
  required?: string[];
}

/** Values that a schema of the document takes. Throws on what it does not know, so that nothing is walked past. */
export function drawn(schema: Known): fc.Arbitrary<unknown> {
  const { $ref, type, enum: values, pattern } = schema;
  if ($ref !== undefined) return drawn(schemas[$ref.split("/").at(-1) ?? ""] ?? {});
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === "integer") return integer(schema);
  if (pattern !== undefined) return fc.stringMatching(plain(pattern));
  if (type === "string") return fc.string({ minLength: schema.minLength ?? 0, maxLength: 40 });
  if (type === "object") return object(schema);
  if (type === "boolean") return fc.boolean();
  throw new Error(`The walk knows no schema like ${JSON.stringify(schema)}`);
}

/** Few people, so that they meet themselves; their ids cannot be in a log by chance. */
export const person = fc.integer({ min: 1, max: 60 }).map((id) => String(id).padStart(5, "0"));

/** Mostly small ones, so that requests meet; the ends as well. */
function integer({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Known) {
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, minimum + 300) }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
    { weight: 1, arbitrary: fc.maxSafeInteger().filter((value) => value >= minimum && value <= maximum) },
  );
}

function object({ properties = {}, required = [] }: Known) {
  const members = Object.entries(properties).map(
    ([name, schema]) => [name, name === "insuredId" ? person : drawn(schema)] as const,
  );
  return fc.record(Object.fromEntries(members), { requiredKeys: required });
}

/** The pattern without what must not follow, which no generator can follow: the values that it forbids are all zeros. */
const plain = (pattern: string) => new RegExp(pattern.replaceAll(/\(\?![^)]*\)/g, ""));
