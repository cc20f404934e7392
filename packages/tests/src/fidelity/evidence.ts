import type { Evidence } from "./row.ts";

/** An answer of AWS that was recorded by the test of that name and published. */
export function recorded(file: string, test: string, date: string): Evidence {
  return { kind: "recording", source: `localstack/localstack tests/aws/services/${file}.snapshot.json ${test}`, date };
}

/** The documentation page of the row says so itself. */
export const documented: Evidence = { kind: "documentation", source: "the page" };
