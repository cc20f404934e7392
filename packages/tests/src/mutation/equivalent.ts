import type { Mutant } from "./mutant.ts";

interface Equivalent {
  file: string;
  /** What the line holds. */
  line: string;
  kinds: string[];
  /** What is replaced; anything unless given. */
  original?: string;
  because: string;
}

/** Mutants that no test can notice: the program does the same. */
const equivalent: Equivalent[] = [
  {
    file: "packages/core/src/country/row.ts",
    line: 'return change.status === "completed" ? { ...decided, status, change } : { ...decided, status, change };',
    kinds: ["condition", "comparison"],
    because: "only the type checker needs two branches: both make the same object",
  },
  {
    file: "packages/functions/src/migrate.ts",
    line: 'const folder = join(process.env.LAMBDA_TASK_ROOT ?? ".", "migrations", country.toLowerCase());',
    kinds: ["string"],
    original: '"."',
    because: "joined, an empty path is the current folder as well",
  },
];

export function isEquivalent({ file, kind, text, original }: Mutant): boolean {
  const of = equivalent.filter((it) => it.file === file && it.line === text.trim() && it.kinds.includes(kind));
  return of.some((it) => it.original === undefined || it.original === original);
}
