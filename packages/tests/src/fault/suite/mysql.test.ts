import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign } from "../campaign.ts";
import { connectFaults, demotions, type MysqlProxy, mysqlFaults, startMysqlProxy } from "../mysql-proxy.ts";
import { outage } from "../outage.ts";
import { writeMysqlResult } from "../results.ts";

// Much of a run is waiting until something is given up.
vi.setConfig({ testTimeout: 150_000 });

const whole = process.env.FAULT_CAMPAIGN === "whole";
const verbs = ["insert", "select", "update"];
const all = verbs.flatMap((verb) => mysqlFaults.map((fault) => ({ verb, fault })));
/** In `npm test`: what was done and nobody heard of. */
const chosen = whole ? all : all.filter(({ fault, verb }) => fault === "cut-after" && verb !== "select");

describe("between functions and MySQL", () => {
  let proxy: MysqlProxy;
  let system: TestSystem;
  let campaign: Campaign;
  let database: string;
  beforeAll(async () => {
    proxy = await startMysqlProxy(process.env.TEST_MYSQL_URL ?? "");
    vi.stubEnv("DATABASE_URL_PE", proxy.url);
    vi.stubEnv("DATABASE_URL_CL", proxy.url);
    system = await startTestSystem();
    campaign = openCampaign(system, { beforeCheck: () => proxy.disarm() });
    database = await campaign.database();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    proxy?.disarm();
    campaign?.close();
    await system?.remove();
    await proxy?.stop();
  });

  /** Runs the scenario with what was armed; it must have been met. */
  async function put(verb: string, fault: string, met: () => number = () => proxy.hits()): Promise<void> {
    const { violations } = await campaign.run();
    const hits = met();
    if (whole) writeMysqlResult(database, { verb, fault, hits, violations });
    console.log(`${verb}, ${fault}: ${hits} hits`);
    expect(violations).toEqual([]);
    expect(hits).toBeGreaterThan(0);
  }

  test.each(chosen)("statement: $verb, $fault", async ({ verb, fault }) => {
    proxy.arm(verb, fault);
    const lasting = outage(system, "database_unavailable", proxy.disarm);
    await put(verb, fault);
    await lasting.ended;
  });

  test.each(whole ? connectFaults : ["too-many" as const])("connecting: %s", async (fault) => {
    proxy.armConnect(fault);
    const lasting = outage(system, "database_unavailable", proxy.disarm);
    await put("connect", fault);
    await lasting.ended;
  });

  test.runIf(whole)("connecting: refused", async () => {
    await proxy.close();
    const refused = outage(system, "ECONNREFUSED", () => proxy.open());
    await put("connect", "refused", refused.seen);
    await refused.ended;
  });

  test.each(whole ? demotions : [])("a failover after which who stays connected gets: %s", async (how) => {
    // A country's environment holds a connection by now: it is of this run.
    await campaign.run();
    proxy.demote(how);
    await put("write on an old connection", how);
  });
});
