import type { Appointment } from "@appointments/core/appointment/appointment";
import { Refusal } from "./problem.ts";

/** The strong entity-tag of an appointment: its version. Source: RFC 9110, 8.8.3. */
export const etagOf = ({ version }: Appointment): string => `"${version}"`;

const entityTag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const entityTags = new RegExp(String.raw`^[ \t]*${entityTag}(?:[ \t]*,[ \t]*${entityTag})*[ \t]*$`);

/**
 * Whether an If-Match holds for a version: none and `*` hold for each. A weak tag never does, because the comparison is
 * strong. Throws `if_match_invalid`.
 *
 * Source: RFC 9110, 13.1.1.
 */
export function readIfMatch(header: string | undefined): (version: number) => boolean {
  if (header === undefined || header.trim() === "*") return () => true;
  if (!entityTags.test(header)) {
    throw new Refusal("if_match_invalid", 'Send the ETag of the appointment as you got it, e.g. "2", or *');
  }
  const tags = header.split(",").map((tag) => tag.trim());
  return (version) => tags.includes(`"${version}"`);
}
