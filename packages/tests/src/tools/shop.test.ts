import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "@appointments/local/process/process";
import { readState } from "@appointments/local/system/state";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../integration/system.ts";
import { descendants } from "../kit/processes.ts";
import { root } from "../repository.ts";

/** The tools on a second app with other names and no database, without any configuration of its own. */
let shop: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  shop = await realpath(await mkdtemp(join(tmpdir(), "shop-")));
  await cp(join(import.meta.dirname, "shop"), shop, { recursive: true });
  await mkdir(join(shop, ".sst"));
  for (const name of ["platform", "provider-lock.json"])
    await symlink(join(root, ".sst", name), join(shop, ".sst", name));
  await mkdir(join(shop, "node_modules"));
  await symlink(join(root, "node_modules/sst"), join(shop, "node_modules/sst"));
  await symlink(join(root, "packages/tests/node_modules/@aws-sdk"), join(shop, "node_modules/@aws-sdk"));
});

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await rm(shop, { recursive: true, force: true });
});

/** One of the tools, as a shell runs it in the folder of the app. */
function run(program: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: shop,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return { child, output: () => output, ended: once(child, "exit").then(([code]) => code as number | null) };
}

test("the graph of a second app is its own", { timeout: 60_000 }, async () => {
  const graph = run("packages/graph/src/cli.ts", "--stage", "local");
  expect([await graph.ended, graph.output()]).toEqual([0, expect.stringMatching(/^shop, stage local/)]);
  for (const name of ["Orders", "Parcels", "POST /orders"]) expect(graph.output()).toContain(name);
});

test("a second app starts, answers, consumes its queue and stops without a process left", async () => {
  const program = "packages/local/src/cli.ts";
  const started = run(program, "--port", "0", "--gateway-port", "0");
  const state = await eventually(
    "the shop is open",
    async () => {
      if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output()}`);
      return readState(join(shop, ".local"));
    },
    60_000,
  );
  expect(state).toMatchObject({ databases: {}, tables: { Orders: {} }, queues: { Parcels: {} }, pids: { mysql: [] } });
  const url = state.apis.Shop;

  expect((await fetch(`${url}/orders/o-1`)).status).toBe(404);
  const ordered = await fetch(`${url}/orders`, { method: "POST", body: JSON.stringify({ id: "o-1" }) });
  expect([ordered.status, await ordered.json()]).toEqual([202, { id: "o-1" }]);
  const packed = await eventually("the order is packed", async () => {
    const found = await fetch(`${url}/orders/o-1`);
    return found.status === 200 ? found.json() : undefined;
  });
  expect(packed).toEqual({ id: "o-1", state: "packed" });

  const family = [state.pid, ...(await descendants(state.pid))];
  expect(family.length).toBeGreaterThan(3); // itself, an environment of each function
  started.child.kill("SIGTERM");
  expect([await started.ended, started.output()]).toEqual([0, expect.stringContaining("SIGTERM: stopping")]);
  await expect.poll(async () => (await Promise.all(family.map(commandLine))).filter((line) => line !== "")).toEqual([]);
}, 120_000);
