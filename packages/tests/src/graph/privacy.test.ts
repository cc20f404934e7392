import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { markLifetime } from "@appointments/core/appointment/erased";
import { countries } from "@appointments/core/country/country";
import type { Graph } from "@appointments/graph/graph";
import { daysThatRemain } from "@appointments/ops/person/receipt";
import { beforeAll, expect, test } from "vitest";
import { root } from "../repository.ts";
import { graphOf, ofType, only, some } from "./stage.ts";

/* What a receipt and docs/privacy.md promise is what production keeps. */

let graph: Graph;
let page: string;
beforeAll(async () => {
  graph = await graphOf("production");
  page = await readFile(join(root, "docs/privacy.md"), "utf8");
});

const input = (type: string, name: string) => some(ofType(graph, type)).map(({ inputs }) => Number(inputs[name]));
const day = 24 * 60 * 60;

test("what cannot be erased is gone when the receipt says", () => {
  const archive = only(input("aws:cloudwatch/eventArchive:EventArchive", "retentionDays"), "archive");
  expect(daysThatRemain["archive of the bus"]).toBe(archive);
  const backups = input("aws:rds/instance:Instance", "backupRetentionPeriod");
  expect(Math.max(...backups)).toBe(daysThatRemain["backups of MySQL"]);
  const table = only(ofType(graph, "aws:dynamodb/table:Table"), "table");
  // Without another number DynamoDB keeps 35 days.
  const { enabled, recoveryPeriodInDays = 35 } = table.inputs.pointInTimeRecovery as Record<string, unknown>;
  expect([enabled, recoveryPeriodInDays]).toEqual([true, daysThatRemain["point-in-time recovery of DynamoDB"]]);
  const working = graph.queues.filter(({ redrive }) => redrive !== undefined);
  const longest = Math.max(...some(working).map(({ retentionSeconds }) => retentionSeconds));
  expect(longest).toBe(daysThatRemain["messages in working queues"] * day);
});

test("a mark outlives every message: archived, queued, dead, redriven and dead again", () => {
  const archive = daysThatRemain["archive of the bus"] * day;
  const longest = Math.max(...graph.queues.map(({ retentionSeconds }) => retentionSeconds));
  const working = daysThatRemain["messages in working queues"] * day;
  expect(markLifetime).toBeGreaterThanOrEqual(archive + 2 * (working + longest));
});

test("the page has each country's retention, and how long a mark lasts", () => {
  for (const { name, retention } of Object.values(countries)) {
    expect(page).toMatch(new RegExp(`\\| ${name} \\| ${retention.days} \\|`));
  }
  expect(page).toContain(`| ${markLifetime / day} days |`);
});
