import { anything, type Matcher, PatternFault, signsOf } from "./operator.ts";

/**
 * How much AWS lets the wildcards of one field cost. It is published nowhere; ten is the example in event-ruler's README,
 * and agrees with what is known of AWS: `*:*:*:*:*:event-bus/*` costs 11 and is refused (recording of 2025-10-15), three
 * times `*:stack/NAME/*` costs 10 and is taken, four times costs 13 and is refused (vals-ai/Valkyrie#278).
 */
const limit = 10;
/** How many states are looked at before a pattern is taken for too complex without knowing its cost. */
const maximumStates = 10_000;
const tooComplex =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";

/** One text with wildcards, and how far into it an input can have come: the signs it must have matched so far. */
interface Text {
  signs: string[];
  /** The name of each position; two texts of one `anything-but` share those up to the first wildcard. */
  names: string[];
}

/**
 * Refuses what AWS refuses as too complex: the cost of a field is the highest number of beginnings of its texts with
 * wildcards that one input can match at once, since the machine that matches is in so many states.
 * Source: aws/event-ruler, MachineComplexityEvaluator
 *
 * @param matchers all items for one field
 * @throws {PatternFault} above the limit
 */
export function checkComplexity(matchers: readonly Matcher[]): void {
  const texts = matchers.flatMap((it, index) =>
    "wildcards" in it ? (it.wildcards ?? []).map((text, part) => read(text, `${index}`, `${index}.${part}`)) : [],
  );
  if (texts.length === 0) return;
  const alphabet = new Set(texts.flatMap(({ signs }) => signs.filter((sign) => sign !== anything)));
  const start = texts.map(() => new Set([0]));
  const seen = new Set<string>();
  const waiting = [start];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    for (const sign of alphabet) {
      const next = texts.map((text, at) => after(text, state[at] ?? new Set(), sign));
      const key = next.map((positions) => [...positions].join()).join(";");
      if (seen.has(key)) continue;
      seen.add(key);
      if (costOf(texts, next) > limit || seen.size > maximumStates) throw new PatternFault(tooComplex);
      waiting.push(next);
    }
  }
}

/** The text in quotes, as AWS's machine reads it: they are signs too. */
function read(text: string, matcher: string, part: string): Text {
  const signs = ['"', ...signsOf(text), '"'];
  const shared = signs.indexOf(anything) + 1;
  const names = signs.map((_, at) => (at < shared ? `${matcher}:${signs.slice(0, at + 1).join("")}` : `${part}:${at}`));
  return { signs, names: ["", ...names] };
}

/** The positions that one more sign leads to. A wildcard stays where it is, and need not match anything. */
function after({ signs }: Text, positions: ReadonlySet<number>, sign: string): Set<number> {
  const next = new Set<number>();
  for (const at of positions) {
    if (signs[at - 1] === anything) next.add(at);
    if (signs[at] === sign) next.add(at + 1);
  }
  for (const at of next) if (signs[at] === anything) next.add(at + 1);
  return new Set([...next].sort((a, b) => a - b));
}

function costOf(texts: readonly Text[], state: readonly ReadonlySet<number>[]): number {
  return new Set(state.flatMap((positions, at) => [...positions].map((position) => texts[at]?.names[position]))).size;
}
