/** So many of a list, by a seed: the same seed gives the same ones in the same order. */
export function sampleOf<T>(list: readonly T[], count: number, seed: number): T[] {
  const rest = [...list];
  const roll = dice(seed);
  const taken: T[] = [];
  while (taken.length < count && rest.length > 0) taken.push(...rest.splice(Math.floor(roll() * rest.length), 1));
  return taken;
}

/** mulberry32: numbers from 0 up to 1. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
