import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign, type Point } from "../campaign.ts";
import { kindOf } from "../matrix.ts";
import { type MysqlProxy, startMysqlProxy } from "../mysql/proxy.ts";
import { type Model, type Steps, steps } from "../random/commands.ts";
import { openWorld } from "../random/world.ts";
import { writeResult } from "../results.ts";

const minutes = process.env.FAULT_MINUTES === undefined ? undefined : Number(process.env.FAULT_MINUTES);
/** `FAULT_SEED` runs one history again. What happens at the same time may happen in another order then. */
const replay = process.env.FAULT_SEED === undefined ? undefined : Number(process.env.FAULT_SEED);
/** Most of a run is waiting: so many systems are under test side by side. */
const systemCount = minutes === undefined ? 1 : 3;
/** In the short form: always the same ones, so that a build is repeatable. */
const shortRuns = 3;
const firstSeed = replay ?? (minutes === undefined ? 1 : Math.floor(Date.now() / 1000));
/** How long fast-check looks for a shorter history that goes wrong. */
const shrinkMs = 240_000;

const systems: { system: TestSystem; campaign: Campaign; proxy: MysqlProxy }[] = [];
let points: Point[] = [];
beforeAll(async () => {
  for (let index = 0; index < systemCount; index++) {
    const proxy = await startMysqlProxy(process.env.TEST_MYSQL_URL ?? "");
    vi.stubEnv("DATABASE_URL_PE", proxy.url);
    vi.stubEnv("DATABASE_URL_CL", proxy.url);
    const system = await startTestSystem();
    systems.push({ system, campaign: openCampaign(system), proxy });
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const { system, campaign, proxy } of systems) {
    campaign.close();
    await system.remove();
    await proxy.close();
  }
});

test("without a fault nothing is wrong, and the kinds of calls are learned", { timeout: 300_000 }, async () => {
  const learned = await systems[0]?.campaign.run();
  expect(learned?.violations).toEqual([]);
  points = [...new Map(learned?.points.map((point) => [kindOf(point), point])).values()];
});

test("whatever happens, the invariants hold", { timeout: ((minutes ?? 2) + 10) * 60_000 }, async () => {
  const deadline = Date.now() + (minutes ?? 0) * 60_000;
  const startedAt = Date.now();
  const counts = new Map<string, number>();
  const totals = { runs: 0, accepted: 0, transitions: 0, faults: 0, messages: 0 };
  const failures: string[] = [];
  const database = (await systems[0]?.campaign.audit.database()) ?? "unknown";
  let seed = firstSeed;
  const more = () => {
    if (failures.length > 0) return false;
    if (replay !== undefined) return seed === firstSeed;
    return minutes === undefined ? seed < firstSeed + shortRuns : Date.now() < deadline;
  };

  async function work({ system, campaign, proxy }: (typeof systems)[number]): Promise<void> {
    const property = fc.asyncProperty(steps, async (commands) => {
      // What is buried from now on is of this history; nothing that it sends may be.
      await campaign.audit.purgeDeadLetters();
      const world = openWorld(system, campaign, points, proxy);
      try {
        await fc.asyncModelRun(
          (): { model: Model; real: typeof world } => ({ model: { seen: new Map(), counts }, real: world }),
          commands,
        );
        const { violations, ...found } = await world.end();
        totals.runs++;
        for (const name of ["accepted", "transitions", "faults", "messages"] as const) totals[name] += found[name];
        if (violations.length > 0) throw new Error(violations.join("\n"));
      } finally {
        world.close();
      }
    });
    while (more()) {
      const own = seed++;
      const began = Date.now();
      const details = await fc.check(property, { seed: own, numRuns: 1, interruptAfterTimeLimit: shrinkMs });
      const told = details.failed ? `VIOLATED\n${report(details)}` : "well";
      console.log(`seed ${own}, ${Date.now() - began} ms: ${told}`);
      if (details.failed) failures.push(`seed ${own}: ${report(details)}`);
      if (minutes !== undefined && replay === undefined) {
        const commands = Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        const found = { seconds, seeds: [firstSeed, seed - 1] as [number, number], ...totals, commands };
        writeResult("random", database, { ...found, violations: failures });
      }
    }
  }
  await Promise.all(systems.map(work));
  expect(failures).toEqual([]);
  expect(totals.accepted).toBeGreaterThan(0);
});

/** What went wrong, and the shortest history found in which it does. */
const report = ({ counterexample, numShrinks, errorInstance }: fc.RunDetails<[Steps]>): string =>
  `${errorInstance instanceof Error ? errorInstance.message : errorInstance}\nafter ${counterexample?.map(String)} (shrunk ${numShrinks} times)`;
