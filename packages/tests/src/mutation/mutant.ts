/** One small change of a source file. */
export interface Mutant {
  /** Path in the repository. */
  file: string;
  /** Offsets of what is replaced, in UTF-16 units. */
  start: number;
  end: number;
  replacement: string;
  kind: string;
  /** From 1. */
  line: number;
  /** What is replaced. */
  original: string;
  /** The whole line that it begins in. */
  text: string;
}

export function applied(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** `packages/core/src/time.ts:12 boundary: attempt < 5 → attempt <= 5` */
export function describeMutant({ file, line, kind, original, replacement, text }: Mutant): string {
  const short = (text: string) => {
    const one = text.replaceAll(/\s+/g, " ").trim();
    return one.length > 90 ? `${one.slice(0, 90)}…` : one;
  };
  // An operator alone would not say where it stands.
  const where = original.length < 6 ? ` in ${short(text)}` : "";
  return `${file}:${line} ${kind}: ${short(original)} → ${short(replacement) || "(removed)"}${where}`;
}
