import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ownDatabases } from "../system.ts";
import { startInTerminal, stillRunning, type TerminalSession } from "./terminal.ts";

/** `STOP_ROUNDS=20 npm test -- stop.test.ts` does each of them so many times. */
const rounds = Number(process.env.STOP_ROUNDS ?? 1);

/** Longer than the steps that are waited for take together. */
const timeoutMs = 300_000;

/** What a start shows one after another: where it is stopped. */
const moments = ["starting from sst.config.ts", "✓ aws", "✓ mysql", "✓ functions", "✓ sources"];

// Only util-linux has a `script` that types what it reads into the terminal.
describe.skipIf(process.platform !== "linux")("npm start in a terminal", () => {
  let dataDir: string;
  let own: Awaited<ReturnType<typeof ownDatabases>>;
  let running: TerminalSession | undefined;
  beforeAll(async () => {
    own = await ownDatabases();
    dataDir = await mkdtemp(join(tmpdir(), "appointments-stop-"));
  });
  afterAll(async () => {
    await own.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  afterEach(() => running?.kill());

  const stops = {
    "one Ctrl-C": async (session: TerminalSession) => session.pressCtrlC(),
    "SIGTERM to npm": (session: TerminalSession) => session.terminateNpm(),
  };
  const cases = Object.entries(stops).flatMap(([name, stop]) =>
    Array.from({ length: rounds }, (_, round) => [name, round, stop] as const),
  );

  async function stopsAt(text: string, stop: (session: TerminalSession) => Promise<void>): Promise<void> {
    const session = startInTerminal(dataDir, own.env);
    running = session;
    await session.shows(text);
    const pids = await session.processes();
    expect(pids.length).toBeGreaterThan(1);
    await stop(session);
    expect({ status: await session.ended, screen: session.screen() }).toEqual({
      status: 0,
      screen: expect.stringMatching(/stopping …\s+Stopped/),
    });
    await expect.poll(() => stillRunning(pids), { timeout: 5_000 }).toEqual([]);
  }

  test.each(cases)(
    "%s stops it once it is ready, and leaves no process (%i)",
    (_name, _round, stop) => stopsAt("Ready in", stop),
    timeoutMs,
  );

  test.each(cases)(
    "%s stops it during the start, and leaves no process (%i)",
    (_name, round, stop) => stopsAt(moments[round % moments.length] ?? "", stop),
    timeoutMs,
  );
});
