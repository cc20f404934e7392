import { parseAccept } from "hono/utils/accept";
import type { Language } from "./problem/table.ts";

/** The first is for who asks for none. */
const languages: readonly Language[] = ["en", "es"];

/**
 * The language of an answer by the request's Accept-Language: the one with the highest quality, the first named where two
 * have the same; English when none of ours is wanted. `es-PE` is `es`: a language without its region serves all of them.
 *
 * Source: RFC 9110, 12.5.4; RFC 4647, 3.4 (lookup).
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  // The highest quality first, and of one quality the first named.
  const ranges = parseAccept(acceptLanguage ?? "").map(({ type, q }) => ({ range: type.toLowerCase(), q }));
  const wishes = languages.map((language) => {
    const own = ranges.filter(({ range }) => range === language || range.startsWith(`${language}-`));
    // What names the language decides over what names all.
    const chosen = own.length > 0 ? own : ranges.filter(({ range }) => range === "*");
    const [best] = chosen;
    return { language, q: best?.q ?? 0, place: best ? ranges.indexOf(best) : ranges.length };
  });
  const [first] = wishes.filter(({ q }) => q > 0).toSorted((a, b) => a.place - b.place);
  return first?.language ?? "en";
}
