import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "../integration/system.ts";
import { type Campaign, openCampaign } from "./campaign.ts";
import { type MysqlProxy, mysqlFaults, startMysqlProxy } from "./mysql-proxy.ts";
import { familyOf, type MysqlResult, writeResults } from "./results.ts";

const whole = process.env.FAULT_CAMPAIGN === "whole";
const verbs = ["insert", "select", "update"];
/** So often that the statement's own repeats meet it too, and the message comes again. */
const times = 4;
const all = verbs.flatMap((verb) => mysqlFaults.map((fault) => ({ verb, fault })));
/** In `npm test`: what was done and nobody heard of. */
const chosen = whole ? all : all.filter(({ fault, verb }) => fault === "cut-after" && verb !== "select");

describe("every statement of a country, every fault of MySQL", () => {
  let proxy: MysqlProxy;
  let system: TestSystem;
  let campaign: Campaign;
  const results: MysqlResult[] = [];
  beforeAll(async () => {
    const server = new URL(process.env.TEST_MYSQL_URL ?? "");
    proxy = await startMysqlProxy({ host: server.hostname, port: Number(server.port) });
    server.hostname = "127.0.0.1";
    server.port = String(proxy.port);
    vi.stubEnv("DATABASE_URL_PE", server.href);
    vi.stubEnv("DATABASE_URL_CL", server.href);
    system = await startTestSystem();
    campaign = openCampaign(system, { beforeCheck: () => proxy.disarm() });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await campaign?.close();
    await system?.remove();
    await proxy?.stop();
  });

  test.each(chosen)("$verb, $fault", { timeout: 150_000 }, async ({ verb, fault }) => {
    proxy.arm(verb, fault, times);
    const { violations } = await campaign.run();
    results.push({ verb, fault, hits: proxy.hits(), violations });
    const database = await campaign.database();
    if (whole) writeResults({ mysql: { [familyOf(database)]: { database, runs: results } } });
    expect(violations).toEqual([]);
    expect(proxy.hits()).toBeGreaterThan(0);
  });
});
