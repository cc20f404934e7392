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
  /** What is replaced, in one line. */
  original: string;
}

export function applied(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** `packages/core/src/time.ts:40 boundary: attempt < 5 → attempt <= 5` */
export function describeMutant({ file, line, kind, original, replacement }: Mutant): string {
  const short = (text: string) => {
    const one = text.replaceAll(/\s+/g, " ").trim();
    return one.length > 90 ? `${one.slice(0, 90)}…` : one;
  };
  return `${file}:${line} ${kind}: ${short(original)} → ${short(replacement) || "(removed)"}`;
}
