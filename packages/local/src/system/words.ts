/** What was made, in words: `1 table, 4 queues`. */
export function count(things: Record<string, unknown[]>): string {
  const plural = (name: string) => (name.endsWith("s") ? `${name}es` : `${name}s`);
  return Object.entries(things)
    .map(([name, list]) => `${list.length} ${list.length === 1 ? name : plural(name)}`)
    .join(", ");
}
