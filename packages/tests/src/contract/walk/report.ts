import type { Walked } from "./walk.ts";

/** What a walk did, as a part of a page. */
export function report(
  { seed, requests, statuses, broken, findings }: Walked,
  { commit, date, seconds }: { commit: string; date: string; seconds: number },
): string {
  const refused = Object.values(broken).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(statuses)
    .toSorted()
    .map(([operation, counts]) => {
      const each = Object.entries(counts).map(([status, count]) => `${status}: ${count}`);
      return `| \`${operation}\` | ${each.join(", ")} |`;
    });
  const ways = Object.entries(broken)
    .toSorted()
    .map(([way, count]) => `${way} ${count}`);
  return [
    `${date}, at ${commit}, seed ${seed}: ${requests} requests in ${seconds} s, ${refused} of them broken in one of ${ways.length} ways, **${findings.length} findings**.`,
    "",
    "| operation | answers by status |",
    "|---|---|",
    ...rows,
    "",
    `How requests were broken, and how often: ${ways.join("; ")}.`,
  ].join("\n");
}
