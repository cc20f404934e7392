import { afterAll, describe, expect, test } from "vitest";
import { startTestSystem } from "../../integration/system.ts";
import { copyRepository } from "../../repository.ts";
import { openCampaign } from "../campaign.ts";
import { type Control, controls } from "../controls.ts";
import { type ControlResult, readResults, writeResults } from "../results.ts";

const whole = process.env.FAULT_CAMPAIGN === "whole";
/** `npm test` puts one through; the first is the quickest. */
const chosen = whole ? controls : controls.slice(0, 1);

/** A campaign that cannot fail proves nothing: naive handlers, and the same campaign must catch each of them. */
describe("naive handlers are caught", () => {
  const results: ControlResult[] = [];
  afterAll(() => {
    // What this run did not put through is kept, as long as there is such a control.
    const told = [
      ...(readResults().controls ?? []).filter(({ name }) => !results.some((it) => it.name === name)),
      ...results,
    ];
    if (whole) writeResults({ controls: controls.flatMap(({ name }) => told.find((it) => it.name === name) ?? []) });
  });

  test.each(controls)("the code is there that is to be spoilt: $name", async ({ spoil, baseline }) => {
    for (const edit of [spoil, baseline]) {
      const copy = await copyRepository();
      await edit?.(copy).finally(copy.remove);
    }
  });

  test.each(chosen)("$name", { timeout: 600_000 }, async (control) => {
    const { runs, violations } = await putThrough(control, control.spoil);
    const caught = violations.some((it) => control.expected.test(it));
    const baseline = control.baseline && (await putThrough(control, control.baseline));
    results.push({
      name: control.name,
      caught,
      runs,
      violations: violations.map(anonymous),
      ...(baseline && { baseline }),
    });
    expect(violations).toContainEqual(expect.stringMatching(control.expected));
    if (baseline) expect(baseline).toEqual({ runs: 1 + control.pairs.length, violations: [] });
  });
});

/** Runs until something is violated, or all is done. */
async function putThrough(control: Control, spoil: Control["spoil"]): Promise<{ runs: number; violations: string[] }> {
  const copy = await copyRepository();
  try {
    await spoil(copy);
    const system = await startTestSystem({ root: copy.root });
    const campaign = openCampaign(system, { drainMs: 20_000 });
    try {
      const tries = [
        ...(control.contention ? [] : [async () => (await campaign.run()).violations]),
        ...control.pairs.map((pair) => async () => (await campaign.run(pair.point, pair.fault)).violations),
        // Whether two come into one moment is a matter of chance.
        ...(control.contention ? Array(3).fill(() => campaign.contend(control.contention ?? 0)) : []),
      ];
      let runs = 0;
      for (const attempt of tries) {
        runs++;
        const violations = await attempt();
        if (violations.length > 0) return { runs, violations };
      }
      return { runs, violations: [] };
    } finally {
      campaign.close();
      await system.remove();
    }
  } finally {
    await copy.remove();
  }
}

/** Ids differ from run to run; the report does not. */
const anonymous = (violation: string): string =>
  violation.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "…").slice(0, 200);
