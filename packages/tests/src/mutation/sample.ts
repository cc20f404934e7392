import { dice } from "../dice.ts";

/** So many of a list, by a seed: the same seed gives the same ones in the same order. */
export function sampleOf<T>(list: readonly T[], count: number, seed: number): T[] {
  const rest = [...list];
  const roll = dice(seed);
  const taken: T[] = [];
  while (taken.length < count && rest.length > 0) taken.push(...rest.splice(Math.floor(roll() * rest.length), 1));
  return taken;
}
