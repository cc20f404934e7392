import { type Reading, readingsOf } from "./reading.ts";

/**
 * Finds insured people in what was logged, in whatever encoding.
 *
 * @param insured ids that a suite used; each begins with 0, as no port, duration or line number does: others could stand in
 * a log by chance
 * @returns for each text and each id in it one sentence, with the first place; none is well
 * @throws Error for an id that could be in a log by chance
 */
export function findInsured(texts: Iterable<string>, insured: ReadonlySet<string>): string[] {
  for (const id of insured) {
    if (!/^0\d{4}$/.test(id))
      throw new Error(`${id} could be in a log by chance: take an insured id that begins with 0`);
  }
  const found = new Set<string>();
  for (const text of texts) {
    const places = new Map<string, string>();
    for (const reading of readingsOf(text)) {
      for (const id of idsIn(reading.text)) {
        if (insured.has(id) && !places.has(id)) places.set(id, describe(id, reading));
      }
    }
    for (const place of places.values()) found.add(place);
  }
  return [...found];
}

/** What looks like an insured id: five digits, alone or beside a word. */
function idsIn(text: string): string[] {
  const masked = text.replace(random, (it) => "~".repeat(it.length));
  return [...masked.matchAll(/[A-Za-z0-9]+/g)].flatMap(([word]) => {
    const [, before = "", id = "", after = ""] = /^(\D*)(\d{5})(\D*)$/.exec(word) ?? [];
    return id !== "" && isWord(before) && isWord(after) ? [id] : [];
  });
}

/** Ids of requests, messages and traces, and the digits after a decimal point: any five digits can stand in them. */
const random = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])|\d\.\d+/gi;

/** Letters beside an id: none, or a word such as `insured`. One or two letters make it part of a random name. */
function isWord(letters: string): boolean {
  return letters === "" || (letters.length >= 3 && !/^[a-f]*$/i.test(letters));
}

function describe(id: string, { text, encodings }: Reading): string {
  const at = text.indexOf(id);
  const place = text.length > 200 ? `…${text.slice(Math.max(0, at - 80), at + 80)}…` : text;
  return `${id}${encodings.length === 0 ? "" : ` (${encodings.join(", ")})`} in: ${place}`;
}
