import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ownDatabases, startTestSystem, type TestSystem } from "../../integration/system.ts";
import { query } from "../../kit/mysql.ts";
import { type Campaign, openCampaign } from "../campaign.ts";
import { type Control, controls } from "../controls.ts";
import { type MysqlProxy, startMysqlProxy } from "../mysql/proxy.ts";
import { type Replacement, replacementsOf } from "../replacement.ts";
import { type ControlResult, familyOf, long, readResults, writeResult } from "../results.ts";

vi.setConfig({ testTimeout: 600_000 });

/** Runs until something is violated, or all is done. */
interface Found {
  runs: number;
  violations: string[];
}

/** Whether two come into one moment is a matter of chance. */
const rounds = 3;
/** How long all may take to come to rest, in milliseconds; what is naive may never do, and need not be waited for as long. */
const sound = 60_000;
const unsound = 8_000;

/** A campaign that cannot fail proves nothing: naive handlers, and the same campaign must catch each of them. */
describe("naive handlers are caught", () => {
  let proxy: MysqlProxy;
  let stage: Stage;
  const baselines = new Map<string, Promise<Found>>();
  beforeAll(async () => {
    proxy = await startMysqlProxy(process.env.TEST_MYSQL_URL ?? "");
    stage = await openStage(proxy);
  });
  afterAll(async () => {
    await stage?.close();
    await proxy?.close();
  });

  /** The same runs without the naive module; of controls that need the same ones, once. */
  function baselineOf(control: Control): Promise<Found> {
    const { besides, pairs, statement } = control;
    const key = JSON.stringify({ besides, pairs, statement });
    const found = baselines.get(key) ?? stage.putThrough(control, control.besides ?? []);
    baselines.set(key, found);
    return found;
  }

  async function keep(control: Control, { runs, violations }: Found, baseline: Found): Promise<void> {
    const by = violations.find((it) => control.expected.test(it));
    const result: ControlResult = {
      name: control.name,
      caught: by !== undefined,
      runs,
      by: anonymous(by ?? violations[0] ?? ""),
      baseline,
    };
    if (!long) return;
    const version = await stage.campaign.audit.database();
    const kept = readResults().controls?.[familyOf(version)]?.controls ?? [];
    const all = [...kept.filter(({ name }) => name !== control.name), result];
    writeResult("controls", version, {
      controls: controls.flatMap(({ name }) => all.find((it) => it.name === name) ?? []),
    });
  }

  test.each(controls.filter(({ contention }) => contention === undefined))("$name", async (control) => {
    const baseline = await baselineOf(control);
    expect(baseline.violations).toEqual([]);
    const found = await stage.putThrough(control, [control.naive, ...(control.besides ?? [])]);
    await keep(control, found, baseline);
    expect(found.violations).toContainEqual(expect.stringMatching(control.expected));
  });

  test.each(controls.filter(({ contention }) => contention !== undefined))("$name", async (control) => {
    const own = await openStage(proxy);
    try {
      const baseline = await own.contend(control.contention ?? 0, 1);
      expect(baseline.violations).toEqual([]);
      await own.dropSlotKeys();
      await own.deploy([control.naive]);
      const found = await own.contend(control.contention ?? 0, rounds);
      await keep(control, found, baseline);
      expect(found.violations).toContainEqual(expect.stringMatching(control.expected));
    } finally {
      await own.close();
    }
  });
});

interface Stage {
  campaign: Campaign;
  /** Puts naive modules into the bundles, and takes out those of before. */
  deploy(naive: Replacement[]): Promise<void>;
  putThrough(control: Control, naive: Replacement[]): Promise<Found>;
  contend(clients: number, rounds: number): Promise<Found>;
  dropSlotKeys(): Promise<void>;
  close(): Promise<void>;
}

/** A system whose modules can be replaced, behind a proxy of its databases. */
async function openStage(proxy: MysqlProxy): Promise<Stage> {
  const replacements = new Map<string, string>();
  const databases = await ownDatabases({ PE: proxy.url, CL: proxy.url });
  const system: TestSystem = await startTestSystem({ replacements, databases });
  const campaign = openCampaign(system, { drainMs: () => drainMs, beforeCheck: () => proxy.disarm() });
  const functions = [...system.functions.values()];
  let drainMs = sound;

  async function deploy(naive: Replacement[]): Promise<void> {
    replacements.clear();
    for (const [product, stand] of replacementsOf(...naive)) replacements.set(product, stand);
    await Promise.all(functions.map((each) => each.reload()));
    // A naive module that is in no bundle would test nothing.
    const inputs = new Set(functions.flatMap((each) => each.inputs()));
    for (const stand of replacements.values()) expect(inputs).toContain(stand);
  }

  return {
    campaign,
    deploy,
    async putThrough({ pairs = [], statement, besides }, naive) {
      await deploy(naive);
      drainMs = naive.length === (besides?.length ?? 0) ? sound : unsound;
      const tries = [
        async () => (await campaign.run()).violations,
        ...pairs.map(({ point, fault }) => async () => {
          const { violations, hits } = await campaign.run(point, fault);
          return hits > 0 ? violations : [...violations, "0 unmet: nothing met the fault"];
        }),
        ...(statement === undefined ? [] : [() => underStatement(statement)]),
      ];
      const found = await untilViolated(tries);
      await deploy([]);
      await campaign.settle();
      return found;
    },
    contend: (clients, count) => untilViolated(Array(count).fill(() => campaign.contend(clients))),
    async dropSlotKeys() {
      for (const url of Object.values(system.state.databases))
        await query(url, "alter table appointment drop index appointment_live_schedule");
    },
    async close() {
      campaign.close();
      await system.remove();
    },
  };

  async function underStatement({ verb, fault, times }: NonNullable<Control["statement"]>): Promise<string[]> {
    proxy.arm(verb, fault, times);
    const { violations } = await campaign.run();
    return proxy.hits() > 0 ? violations : [...violations, "0 unmet: nothing met the fault"];
  }
}

async function untilViolated(tries: (() => Promise<string[]>)[]): Promise<Found> {
  let runs = 0;
  for (const attempt of tries) {
    runs++;
    const violations = await attempt();
    if (violations.length > 0) return { runs, violations };
  }
  return { runs, violations: [] };
}

/** Ids differ from run to run; the report does not. */
const anonymous = (violation: string): string =>
  violation.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "…").slice(0, 200);
