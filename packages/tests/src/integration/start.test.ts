import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { guardChild, isAlive } from "@appointments/local/process/process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recoveryMs, startOptions, startTargetProgram } from "../fidelity/targets/programs.ts";
import { findInsured } from "../privacy/insured.ts";
import { root } from "../repository.ts";
import { call, operatorAccess } from "./access.ts";
import { clientOf } from "./client.ts";
import { eventually, ownDatabases } from "./system.ts";

/** `npm start` without npm: the program with its options, on a folder of its own. */
function start(dataDir: string, env: Record<string, string>, ...options: string[]) {
  const own = ["--config", "packages/app/src/local.ts", "--data", dataDir, "--port", "0", "--gateway-port", "0"];
  const args = ["packages/local/src/cli.ts", ...own, ...options];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  guardChild(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

const stateOf = async (dataDir: string) => JSON.parse(await readFile(join(dataDir, "system.json"), "utf8"));

async function ready(started: ReturnType<typeof start>, dataDir: string) {
  await eventually(
    "the system is ready",
    () => {
      if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output()}`);
      return started.output().includes("Ready") ? true : undefined;
    },
    90_000,
  );
  return stateOf(dataDir);
}

/** `npm run token` without npm. */
async function token(dataDir: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const program = ["packages/local/src/token.ts", "--config", "packages/app/src/local.ts", "--data", dataDir, ...args];
  return promisify(execFile)(process.execPath, program, { cwd: root }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

const gone = (pids: number[]) =>
  eventually(`processes ${pids} are gone`, () => (pids.some(isAlive) ? undefined : true), 15_000);

describe("npm start", () => {
  let dataDir: string;
  let own: Awaited<ReturnType<typeof ownDatabases>>;
  const children: ChildProcess[] = [];
  let program: Awaited<ReturnType<typeof startTargetProgram>>;
  const launch = (...options: string[]) => {
    const started = start(dataDir, own.env, ...startOptions(program), ...options);
    children.push(started.child);
    return started;
  };
  beforeAll(async () => {
    own = await ownDatabases();
    program = await startTargetProgram();
    dataDir = await mkdtemp(join(tmpdir(), "appointments-start-"));
  });
  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await program?.stop();
    await own.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("keeps its state when it is killed in the middle of work, and ends every process on Ctrl-C", async () => {
    const first = launch();
    const before = await ready(first, dataDir);
    const api = clientOf(operatorAccess(before));
    const done = await api.decided(await api.book({ insuredId: "04217", scheduleId: 1, countryISO: "PE" }));
    const underWay = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        api.book({ insuredId: "04217", scheduleId: 100 + index, countryISO: "CL" }),
      ),
    );
    const own = await token(dataDir, "patient", "04217");
    expect((await call({ ...operatorAccess(before), token: own.out.trim() }, "/appointments/04217")).status).toBe(200);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(await token(dataDir, "admin")).toMatchObject({
      code: 1,
      err: expect.stringContaining("run npm start first"),
    });

    const second = launch();
    const after = await ready(second, dataDir);
    const again = clientOf(operatorAccess(after));
    expect(await again.read(done)).toEqual(done);
    for (const appointment of underWay) expect((await again.decided(appointment, recoveryMs)).status).toBe("completed");

    const pids = [second.child.pid ?? 0, ...after.pids.mysql];
    expect(pids.every(isAlive)).toBe(true);
    second.child.kill("SIGINT");
    expect(await second.ended).toBe(0);
    await gone([...pids, ...before.pids.mysql]);
    await expect(stateOf(dataDir)).rejects.toThrow("ENOENT");
    // Not 00042: the examples that a start prints have it.
    expect(findInsured([first.output(), second.output()], new Set(["04217"]))).toEqual([]);
  }, 480_000);

  test("--fresh begins anew; a second one on the same folder is refused; a part that dies ends the whole", async () => {
    const first = launch("--fresh", "--open");
    const state = await ready(first, dataDir);
    expect(first.output()).toContain("OPEN: everybody");
    expect(await (await fetch(`${state.apis.Api}/appointments/00042`)).json()).toEqual({ items: [] });

    const second = launch();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`running already (pid ${first.child.pid}`);

    const [server] = state.pids.mysql;
    if (server === undefined) {
      // The databases are given: they are no part of it that could die.
      first.child.kill("SIGTERM");
      expect(await first.ended).toBe(0);
      return;
    }
    process.kill(server, "SIGKILL");
    expect(await first.ended).toBe(1);
    expect(first.output()).toContain("A part of the system ended");
  }, 180_000);

  test("a taken port is named, with the way out, and a given database that is none: before anything is started", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const started = launch("--port", String(port));
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(new RegExp(`Port ${port} is taken.*--port`));
    other.close();

    const nowhere = { ...own.env, DATABASE_URL_PE: "mysql://u:s3cret@127.0.0.1:1/citas" };
    const given = start(dataDir, nowhere, ...startOptions(program));
    children.push(given.child);
    expect(await given.ended).toBe(1);
    expect(given.output()).toContain("DATABASE_URL_PE is no use: 127.0.0.1:1/citas says");
    expect(given.output()).not.toContain("s3cret");
    for (const { output } of [started, given]) expect(output()).not.toMatch(/mysql|functions/);
  }, 180_000);

  test.each([
    [["--port", "80000"], 2, "--port takes a port from 0 to 65535"],
    [["--prot", "1"], 2, "--fresh"],
    [["--help"], 0, "--gateway-port"],
  ])("%s", async (options, status, text) => {
    const started = launch(...options);
    expect(await started.ended).toBe(status);
    expect(started.output()).toContain(text);
  });
});
