import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign, type Point, type Run } from "../campaign.ts";
import { kindOf, type Pair, pairs, provoked, sample } from "../matrix.ts";
import { familyOf, long, type PairResult, readResults, writeResult } from "../results.ts";

/** Most of a run is waiting: so many systems are under test side by side. */
const systemCount = long ? 3 : 1;
/** Pairs in the short form. `FAULT_OFFSET` chooses others. */
const sampled = 8;
/** Of those that are provoked by these. */
const sampledProvoked = 2;
/** Times that a fault is tried until a call meets it. */
const attempts = 3;
/** Faults that are tried to provoke a call, until it is made. */
const ways = 3;
/** Runs only the calls that match, e.g. `appointment sns`; their results take the place of the kept ones. */
const only = new RegExp(process.env.FAULT_ONLY ?? "");
const offset = Number(process.env.FAULT_OFFSET ?? 0);

describe("every call to AWS, every fault, one at a time", () => {
  const systems: TestSystem[] = [];
  const campaigns: Campaign[] = [];
  let points: Point[] = [];
  beforeAll(async () => {
    for (let index = 0; index < systemCount; index++) {
      const system = await startTestSystem();
      systems.push(system);
      campaigns.push(openCampaign(system));
    }
  });
  afterAll(async () => {
    for (const campaign of campaigns) campaign.close();
    for (const system of systems) await system.remove();
  });

  test("without a fault nothing is wrong, and every function's calls are learned", { timeout: 180_000 }, async () => {
    const learned = await campaigns[0]?.run();
    expect(learned?.violations).toEqual([]);
    points = learned?.points ?? [];
    const functions = new Set(points.map((point) => point.function));
    expect(functions).toEqual(new Set(["appointment", "appointmentPe", "appointmentCl", "confirmation", "reconcile"]));
  });

  test("with each fault, what was accepted is decided and the stores agree", { timeout: 3_600_000 }, async () => {
    const startedAt = Date.now();
    const database = (await campaigns[0]?.audit.database()) ?? "unknown";
    const done: Run[] = [];
    const put = async (left: Pair[]) => {
      const work = async (campaign: Campaign) => {
        for (let pair = left.shift(); pair !== undefined; pair = left.shift()) {
          const run = await campaign.run(pair.point, pair.fault, pair.provokedBy);
          done.push(run);
          console.log(tell(pair, run));
          if (long)
            writeResult(
              "systematic",
              database,
              report(done, startedAt, database),
              process.env.FAULT_ONLY !== undefined,
            );
        }
      };
      await Promise.all(campaigns.map(work));
    };
    const all = pairs(points).filter(({ point }) => only.test(kindOf(point)));
    const isMet = ({ point, fault }: Pair) =>
      done.some((run) => run.hits > 0 && run.fault === fault && run.point && key(run.point) === key(point));
    const tried: Pair[] = [];
    // Whether a call is made is at times a matter of chance: a country that is quicker than the reconciler leaves it nothing to do.
    const insist = async (wanted: Pair[]) => {
      tried.push(...wanted);
      for (let attempt = 0; attempt < attempts; attempt++) await put(wanted.filter((pair) => !isMet(pair)));
    };
    await insist(long ? all : sample(all, sampled, offset));
    // What is called only after another fault; by other ways when the first was chance.
    let chosen: Pair[] | undefined;
    for (let choice = 0; choice < ways; choice++) {
      const further = provoked(points, done, choice);
      chosen ??= long ? further : sample(further, sampledProvoked, offset);
      tried.push(...(long ? further : chosen));
      await put((long ? further : chosen).filter((pair) => !isMet(pair)));
    }
    const violations = done.flatMap(({ points: _, ...run }) => (run.violations.length > 0 ? [run] : []));
    expect(violations).toEqual([]);
    // A fault that nothing met proves nothing.
    expect(new Set(tried.filter((pair) => !isMet(pair)).map(name))).toEqual(new Set());
  });
});

const key = (point: Point): string => `${kindOf(point)} ${point.occurrence}`;

const name = ({ point, fault, provokedBy }: Pair): string =>
  `${key(point)} ${fault}${provokedBy ? ` (after ${name(provokedBy)})` : ""}`;

const tell = (pair: Pair, { hits, ms, violations }: Run): string =>
  `${name(pair)}: ${hits} hits, ${ms} ms${violations.map((it) => `\n  ${it}`).join("")}`;

function report(done: Run[], startedAt: number, database: string) {
  const kept = process.env.FAULT_ONLY ? (readResults().systematic?.[familyOf(database)]?.pairs ?? []) : [];
  const found = done.flatMap(({ point, fault, provokedBy, hits, violations }): PairResult[] => {
    if (!point || !fault) return [];
    const after = provokedBy && { after: name(provokedBy) };
    return [{ kind: kindOf(point), occurrence: point.occurrence, fault, ...after, hits, violations }];
  });
  const of = ({ kind, occurrence, fault }: PairResult) => `${kind} ${occurrence} ${fault}`;
  // The last way to provoke a call is the one that did it, if any.
  const anew = new Map(found.map((pair) => [of(pair), pair]));
  return {
    seconds: Math.round((Date.now() - startedAt) / 1000),
    pairs: [...kept.filter((pair) => !anew.has(of(pair))), ...anew.values()],
  };
}
