import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign } from "../campaign.ts";
import { outage, runUnder } from "../mysql/outage.ts";
import { connectFaults, demotions, type MysqlProxy, mysqlFaults, startMysqlProxy } from "../mysql/proxy.ts";
import { long } from "../results.ts";

// Much of a run is waiting until something is given up.
vi.setConfig({ testTimeout: 150_000 });

const verbs = ["insert", "select", "update"];
const all = verbs.flatMap((verb) => mysqlFaults.map((fault) => ({ verb, fault })));
/** In the short form: what was done and nobody heard of. */
const chosen = long ? all : all.filter(({ fault, verb }) => fault === "cut-after" && verb !== "select");

describe("between functions and MySQL", () => {
  let proxy: MysqlProxy;
  let system: TestSystem;
  let campaign: Campaign;
  beforeAll(async () => {
    proxy = await startMysqlProxy(process.env.TEST_MYSQL_URL ?? "");
    vi.stubEnv("DATABASE_URL_PE", proxy.url);
    vi.stubEnv("DATABASE_URL_CL", proxy.url);
    system = await startTestSystem();
    campaign = openCampaign(system, { beforeCheck: () => proxy.disarm() });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    proxy?.disarm();
    campaign?.close();
    await system?.remove();
    await proxy?.close();
  });

  test.each(chosen)("statement: $verb, $fault", async ({ verb, fault }) => {
    proxy.arm(verb, fault);
    const { over } = outage(system, "database_unavailable", proxy.disarm);
    expect(await runUnder(campaign, { verb, fault, hits: proxy.hits, over })).toEqual([]);
  });

  test.each(long ? connectFaults : ["too-many" as const])("connecting: %s", async (fault) => {
    proxy.armConnect(fault);
    const { over } = outage(system, "database_unavailable", proxy.disarm);
    expect(await runUnder(campaign, { verb: "connect", fault, hits: proxy.hits, over })).toEqual([]);
  });

  test.runIf(long)("connecting: refused", async () => {
    await proxy.close();
    const { seen, over } = outage(system, "ECONNREFUSED", () => proxy.open());
    expect(await runUnder(campaign, { verb: "connect", fault: "refused", hits: seen, over })).toEqual([]);
  });

  test.each(long ? demotions : [])("a failover after which who stays connected gets: %s", async (how) => {
    // A country's environment holds a connection by now: it is of this run.
    expect((await campaign.run()).violations).toEqual([]);
    proxy.demote(how);
    const verb = "write on an old connection";
    expect(await runUnder(campaign, { verb, fault: how, hits: proxy.hits })).toEqual([]);
  });
});
