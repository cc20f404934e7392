/** Whether one block of IPv4 addresses, as `10.0.0.0/16`, holds all of another. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [range(outer), range(inner)];
  return a !== undefined && b !== undefined && a.first <= b.first && b.last <= a.last;
}

export function overlap(one: string, other: string): boolean {
  const [a, b] = [range(one), range(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

function range(block: string): { first: number; last: number } | undefined {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block) ?? [];
  if (bits === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
