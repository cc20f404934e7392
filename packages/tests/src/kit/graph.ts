import { readFile } from "node:fs/promises";
import type { Graph } from "@appointments/graph/graph";

/**
 * The graph of the local stage, which the setup of the test run evaluated.
 *
 * @throws Error outside of a test run
 */
export async function testGraph(): Promise<Graph> {
  const file = process.env.TEST_GRAPH;
  if (!file) throw new Error("TEST_GRAPH is not set: run the tests with vitest from the root of the repository");
  return JSON.parse(await readFile(file, "utf8"));
}
