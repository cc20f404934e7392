import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopLeftOver } from "@appointments/local/mysql/mysql";
import { describe, expect, test } from "vitest";
import { dice } from "../../dice.ts";
import { type ApiAccess, call } from "../../integration/access.ts";
import { ownDatabases, startTestSystem } from "../../integration/system.ts";
import { openAudit } from "../audit.ts";
import { startLoad } from "../kill/load.ts";
import { startProgram } from "../kill/program.ts";
import { long, writeResult } from "../results.ts";

const times = long ? 10 : 2;
/** `FAULT_SEED` brings the same kills after the same number of answers; the machine decides what else happens then. */
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe("SIGKILL of the whole system under load", () => {
  test(`${times} times: nothing is lost or doubled`, { timeout: 600_000 }, async () => {
    console.log(`FAULT_SEED=${seed}`);
    const { database, requests, accepted, violations } = await history(times);
    console.log(`${times} kills, ${requests} requests, ${accepted} accepted, ${violations.length} violations`);
    if (long) writeResult("kills", database, { times, seed, requests, accepted, violations });
    expect(violations).toEqual([]);
    // What nobody asked for cannot be lost.
    expect(accepted).toBeGreaterThan(times * 5);
  });

  test.runIf(long)(
    "killed while it starts, from the first time on: it starts again",
    { timeout: 300_000 },
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), "appointments-kill-"));
      const roll = dice(seed);
      const databases = await ownDatabases();
      let program = startProgram(dataDir, databases.env);
      try {
        for (let kill = 0; kill < 6; kill++) {
          const moment = 200 + roll() * 5_000;
          console.log(`killed ${Math.round(moment)} ms after its start`);
          await new Promise((passed) => setTimeout(passed, moment));
          await program.kill(kill % 2 === 0);
          program = startProgram(dataDir, databases.env);
        }
        const response = await call(await program.ready(), "/appointments/00042");
        expect(await response.json()).toEqual({ items: [] });
      } finally {
        await program.kill(true);
        await stopLeftOver(join(dataDir, "mysql"));
        await databases.drop();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  );

  // A store that forgets its last writes when it is killed, as one does that answers before it has written.
  // MySQL's folder is at hand only when the server is a private one.
  test
    .runIf(long)
    .each([
      ["DynamoDB", "aws/dynamodb", /^1 lost: .* there is no item|^3 disagree: .* no item/] as const,
      ...(process.env.DATABASE_URL_PE ? [] : [["MySQL", "mysql/server/data", /^3 disagree/] as const]),
    ])("a forgetful %s is caught", { timeout: 300_000 }, async (_name, folder, expected) => {
    const { violations } = await history(2, folder);
    console.log(violations.slice(0, 3).join("\n"));
    expect(violations).toContainEqual(expect.stringMatching(expected));
  });
});

/**
 * Clients at work on one system that is killed and started again on the same folder, as often as asked; then everything
 * they saw is checked against everything there is.
 *
 * @param forgetful a folder of the state that is put back, after the last kill, as it was after the first
 */
async function history(kills: number, forgetful?: string) {
  const dataDir = await mkdtemp(join(tmpdir(), "appointments-kill-"));
  const roll = dice(seed);
  const databases = await ownDatabases();
  let program = startProgram(dataDir, databases.env);
  let address = Promise.withResolvers<ApiAccess>();
  const load = startLoad({ api: () => address.promise, seed, clients: 8 });
  const { history, insured } = load;
  try {
    for (let kill = 1; ; kill++) {
      // Only what is ready can answer; what is killed before belongs to the test below.
      address.resolve(await program.ready());
      await load.answers((kill === 1 ? 20 : 1) + Math.floor(roll() * (long ? 100 : 40)), 120_000);
      await new Promise((moment) => setTimeout(moment, roll() * 100));
      address = Promise.withResolvers<ApiAccess>();
      await program.kill(kill % 2 === 0 || forgetful !== undefined);
      if (forgetful && kill === 1) await cp(join(dataDir, forgetful), join(dataDir, "kept"), { recursive: true });
      if (forgetful && kill === kills) {
        await rm(join(dataDir, forgetful), { recursive: true });
        await rename(join(dataDir, "kept"), join(dataDir, forgetful));
      }
      if (kill < kills) {
        program = startProgram(dataDir, databases.env);
        continue;
      }
      // The last time in this process, where its queues can be looked into.
      const system = await startTestSystem({ dataDir, databases });
      address.resolve(system);
      const audit = openAudit(system);
      try {
        await load.answers(20, 60_000);
        await load.stop();
        const logs = (await readFile(join(dataDir, "log.jsonl"), "utf8")).split("\n");
        await audit.drain(insured, { limitMs: forgetful ? 20_000 : 60_000 });
        const violations = await audit.violations({ insured, history, logs });
        const accepted = new Set(history.flatMap(({ answer, appointmentId }) => (answer === 202 ? appointmentId : [])));
        const database = await audit.database();
        return { database, requests: history.length, accepted: accepted.size, violations };
      } finally {
        audit.close();
        await system.stop();
      }
    }
  } finally {
    await program.kill(true);
    await stopLeftOver(join(dataDir, "mysql"));
    // Of a client that broke down, the test has failed by now.
    load.stop().catch(() => {});
    await databases.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
