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

/** Text that stands in another text, and how it is written there. */
interface Reading {
  text: string;
  /** The encodings on the way to it, outermost first; empty for the text itself. */
  encodings: readonly string[];
}

/** Encodings that may stand in one another: base64 of JSON in an escaped body, and so on. */
const depth = 3;

/**
 * Every way to read a text: as it is, and what its percent, backslash, base64, base64url, hex and decimal codes stand for,
 * in one another too. What does not decode to printable text is left out.
 */
function* readingsOf(text: string, encodings: readonly string[] = []): Generator<Reading> {
  yield { text, encodings };
  if (encodings.length === depth) return;
  for (const [name, decode] of Object.entries(decoders)) {
    for (const decoded of decode(text)) if (decoded !== text) yield* readingsOf(decoded, [...encodings, name]);
  }
}

/** What stands for characters by their codes; the first group of the pattern is a code. */
const decoded = (text: string, codes: RegExp): string =>
  text.replace(codes, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const decoders: Record<string, (text: string) => Iterable<string>> = {
  percent: (text) => [decoded(text, /%([0-9a-f]{2})/gi)],
  /** `\u0030`, `\x30`, and the letters that stand for white space, which would hide where a word begins. */
  backslash: (text) => [
    decoded(text, /\\+(?:u00|x)([0-9a-f]{2})/gi)
      .replace(/\\+[nrtbf]/g, " ")
      .replace(/\\+(["'/\\])/g, "$1"),
  ],
  base64,
  hex,
  decimal,
};

/** Both alphabets. A run may begin anywhere in what belongs to it, or hold it, so it is read from four places. */
function* base64(text: string): Generator<string> {
  const runs = new Set([...text.matchAll(/[\w+/-]{7,}/g), ...text.matchAll(/[A-Za-z0-9]{7,}/g)].map(([run]) => run));
  for (const run of runs) {
    if (token.test(run)) continue;
    for (let from = 0; from < 4; from++) yield* printable(Buffer.from(run.slice(from), "base64"));
  }
}

/** A UUID or an id of a trace: digits that anything may stand in, and no encoded text. */
const token = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{2}-[0-9a-f]{32}-[0-9a-f]{16}-\d{2})$/;

/** Also with a space between two bytes, as Node prints a buffer. */
function* hex(text: string): Generator<string> {
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}[\s:,]?){5,}/gi)) {
    const digits = run.replace(/[^0-9a-f]/gi, "");
    yield* printable(Buffer.from(digits, "hex"));
    yield* printable(Buffer.from(digits.slice(1), "hex"));
  }
}

/** Bytes as a list of numbers, as JSON writes a buffer. */
function* decimal(text: string): Generator<string> {
  for (const [run] of text.matchAll(/\d{2,3}(?:\s*,\s*\d{2,3}){4,}/g)) {
    yield* printable(Buffer.from(run.split(",").map(Number)));
  }
}

/** What of decoded bytes is text. Five printable bytes among others are chance; they count when they are all there is. */
function* printable(bytes: Buffer): Generator<string> {
  for (const [part] of bytes.toString("latin1").matchAll(/[\t\n\r\x20-\x7e]{5,}/g)) {
    if (part.length >= 8 || part.length === bytes.length) yield part;
  }
}
