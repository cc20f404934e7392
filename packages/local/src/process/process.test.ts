import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { commandLine, guardChild, killChildren, uninterrupted } from "./process.ts";

/** A shell that has started a program of its own, and says which. */
async function family() {
  const child = spawn("/bin/sh", ["-c", "sleep 300 & echo $!; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, pids: [child.pid ?? 0, Number(line)] };
}

const running = async (pids: number[]) => (await Promise.all(pids.map(commandLine))).filter((line) => line !== "");

test("guarded children end with their own children, but not before what must not be cut off", async () => {
  const { child, pids } = await family();
  guardChild(child);
  const installation = Promise.withResolvers<void>();
  const done = uninterrupted(installation.promise);
  const killed = killChildren();
  expect(await running(pids)).toHaveLength(2);
  installation.resolve();
  await Promise.all([done, killed]);
  await expect.poll(() => running(pids)).toEqual([]);
});

test("when a program is killed, its guarded children end, with their own children", async () => {
  const source = JSON.stringify(join(import.meta.dirname, "process.ts"));
  const script = `
    import { spawn } from "node:child_process";
    import { guardChild } from ${source};
    const child = spawn("/bin/sh", ["-c", "sleep 300 & echo $$ $!; wait"], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    guardChild(child);
    child.stdout.on("data", (pids) => process.stdout.write(pids));
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const pids = String(line).split(" ").map(Number);
  expect(await running(pids)).toHaveLength(2);
  parent.kill("SIGKILL");
  await expect.poll(() => running(pids), { timeout: 20_000 }).toEqual([]);
});
