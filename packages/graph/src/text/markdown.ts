/** A table in Markdown. @param align how a column is aligned, by its place: `--:` for the right */
export function table(head: string[], rows: string[][], align: string[] = []): string {
  const rule = head.map((_, column) => align[column] ?? "---");
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
