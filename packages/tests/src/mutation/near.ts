import { basename, dirname } from "node:path";

/** The tests of the graph that speak of what a file of infra makes; of the others the cheapest come first. */
const graphTests: Record<string, string> = {
  alarm: "alarm",
  archive: "alarm",
  database: "database",
  given: "database",
  migration: "database",
  network: "database",
  delivery: "delivery",
  queue: "delivery",
  link: "rights",
};

/** How far a test is from a file: 0 is its own. @param test path of the test, which may be absolute */
export function distance(file: string, test: string): number {
  const own = basename(file, ".ts");
  if (file.startsWith("packages/infra/") && !test.includes("/infra/")) {
    return basename(test, ".test.ts") === graphTests[own] ? 1 : 2;
  }
  const folder = dirname(file);
  if (test.endsWith(`${folder}/${own}.test.ts`)) return 0;
  if (dirname(test).endsWith(folder)) return 1;
  return test.includes(`${file.split("/").slice(0, 2).join("/")}/`) ? 2 : 3;
}
