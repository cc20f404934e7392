import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withOwnPasswords } from "./password.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "password-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const generated = "b43afa68e639e77717ab1e36b4bacf36";
/** As much of a graph as is looked at: a generated password, a database that has it, and a link that holds it. */
const graph = {
  resources: [
    { type: "random:index/randomPassword:RandomPassword", name: "StorePassword", outputs: { result: generated } },
  ],
  databases: [{ name: "Store", password: generated }],
  links: { Store: { url: `mysql://shop:${generated}@store.example:3306/shop` }, Other: { key: "given" } },
} as unknown as Graph;

test("each folder has passwords of its own, the same at each start, and no others", async () => {
  const [here, again, there] = [
    await withOwnPasswords(graph, join(folder, "here")),
    await withOwnPasswords(graph, join(folder, "here")),
    await withOwnPasswords(graph, join(folder, "there")),
  ];
  expect(again).toEqual(here);
  expect(JSON.stringify(here)).not.toContain(generated);
  const password = here.databases[0]?.password ?? "";
  expect(password).toMatch(/^[0-9a-f]{32}$/);
  expect(here.links.Store?.url).toBe(`mysql://shop:${password}@store.example:3306/shop`);
  expect(here.links.Other).toEqual({ key: "given" });
  expect(there.databases[0]?.password).not.toBe(password);
  expect((await stat(join(folder, "here/passwords.json"))).mode & 0o077).toBe(0);
});
