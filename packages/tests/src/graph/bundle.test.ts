import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { createBundler } from "@appointments/local/lambda/bundle/bundle";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../repository.ts";
import { graphOf } from "./stage.ts";

let graph: Graph;
let outDir: string;
beforeAll(async () => {
  graph = await graphOf("production");
  outDir = await mkdtemp(join(tmpdir(), "bundles-"));
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

/** The packages and files of this repository that are in a function's bundle. */
async function contentsOf(fn: GraphFunction): Promise<{ packages: Set<string>; files: string[] }> {
  const bundler = createBundler(fn, root, outDir);
  await bundler.build();
  const inputs = bundler.inputs().map((input) => relative(root, input));
  const installed = inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return { packages: new Set(installed), files: inputs.filter((input) => !input.includes("node_modules")) };
}

const speaksSql = ({ links }: GraphFunction) => links.some((name) => name.startsWith("Database"));

test("SQL is in the bundles of the functions that are linked to a database, and in no other", async () => {
  const withSql: string[] = [];
  for (const fn of graph.functions) {
    const { packages, files } = await contentsOf(fn);
    expect(packages.size + files.length, fn.name).toBeGreaterThan(3);
    // The document is made at build time: what makes and checks it is in no bundle, nor a second library of schemas.
    expect([...packages].filter((name) => /zod|json-schema|openapi|^ajv|stoplight/.test(name))).toEqual([]);
    expect(files.filter((file) => file.startsWith("packages/contract/"))).toEqual([]);
    if (packages.has("drizzle-orm") || packages.has("mysql2")) withSql.push(fn.name);
  }
  const linked = graph.functions.filter(speaksSql).map(({ name }) => name);
  expect(withSql.toSorted()).toEqual(linked.toSorted());
  expect(linked.length).toBeGreaterThan(0);
  expect(linked.length).toBeLessThan(graph.functions.length);
});

test.each([
  "packages/core/src/country/country",
  "packages/core/src/appointment/event",
  "packages/functions/src/api/operation",
  "packages/functions/src/token/claims",
])("what sst.config.ts imports is data: %s brings no SQL and no AWS client", async (file) => {
  const [anyFunction] = graph.functions;
  if (!anyFunction) throw new Error("the graph has no function");
  const { packages, files } = await contentsOf({ ...anyFunction, name: "imported", handler: `${file}.none` });
  expect(files).toContain(`${file}.ts`);
  expect([...packages].filter((name) => name !== "valibot")).toEqual([]);
});
