import type { Mutant } from "./mutant.ts";

interface Equivalent {
  file: string;
  /** What the line holds. */
  line: string;
  kinds: string[];
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
];

export function isEquivalent({ file, kind, text }: Mutant): boolean {
  return equivalent.some((it) => it.file === file && it.kinds.includes(kind) && text.trim() === it.line);
}
