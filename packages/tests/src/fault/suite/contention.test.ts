import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign } from "../campaign.ts";
import { long, writeResult } from "../results.ts";

const rounds = long ? 50 : 5;
const clients = 200;

let system: TestSystem;
let campaign: Campaign;
beforeAll(async () => {
  system = await startTestSystem();
  campaign = openCampaign(system);
});
afterAll(async () => {
  campaign?.close();
  await system?.remove();
});

test(`${clients} clients ask for one slot at once: one gets it, ${rounds} times`, { timeout: 1_800_000 }, async () => {
  const violations: string[] = [];
  const database = await campaign.audit.database();
  for (let round = 1; round <= rounds; round++) {
    const found = await campaign.contend(clients);
    violations.push(...found.map((it) => `round ${round}: ${it}`));
    if (long) writeResult("contention", database, { rounds: round, clients, violations });
  }
  expect(violations).toEqual([]);
});
