import { describeMutant, type Mutant } from "./mutant.ts";

/**
 * Mutants that no test can notice because they do the same, each with the reason. Matched without the line.
 */
const equivalent: { mutant: string; because: string }[] = [];

export function isEquivalent(mutant: Mutant): boolean {
  const text = describeMutant(mutant).replace(/:\d+ /, " ");
  return equivalent.some((it) => it.mutant === text);
}
