import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "../integration/system.ts";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { examplesRun } from "./example.ts";
import { documentsRead } from "./page.ts";
import { breakages } from "./walk/breakage.ts";
import { walk } from "./walk/walk.ts";

describe("the document and the server that it describes", () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startTestSystem();
  });
  afterAll(() => system?.remove());

  describe("the examples", () => examplesRun(() => system));
  describe("what anybody may read", () => documentsRead(() => system));

  test("a short random walk over the document finds nothing", { timeout: 240_000 }, async () => {
    const walked = await walk(system, { requests: 500, seed: 20261124 });
    expect(walked.findings).toEqual([]);
    expect(walked.requests).toBe(500);
    expect(Object.keys(walked.broken).toSorted()).toEqual(Object.keys(breakages).toSorted());
  });

  test("no insured person is in any log after all that", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});
