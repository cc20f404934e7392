import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { reachOf, unknownFunctions, unusedRights } from "@appointments/graph/reach";
import { observedCalls } from "@appointments/graph/reach/table";
import { describeFaults, installedProvider, lint } from "@appointments/graph/rule/lint";
import tools from "@appointments/infra/tools";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../repository.ts";
import { snapshotOf } from "./snapshot.ts";
import { graphOf } from "./stage.ts";

/*
 * What each kind of stage is made of. A change of the infrastructure shows as a difference in snapshots/*.txt; accept it
 * with `npm test -- packages/tests/src/graph/snapshot -u`.
 */
describe.each(tools.stages)("a stage as $kind", ({ kind, stage, dev, env }) => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf(stage, { dev, env });
  });

  test("is what its snapshot says", async () => {
    await expect(snapshotOf(graph)).toMatchFileSnapshot(`snapshots/${kind}.txt`);
  });

  test("shows no password, key or hash in its snapshot", () => {
    const text = snapshotOf(graph);
    const secrets = graph.resources.flatMap(({ inputs, outputs }) => [
      inputs.password,
      outputs.result,
      outputs.base64,
      outputs.hex,
    ]);
    for (const secret of [...secrets, "p%40ss", "p@ss", ":secret@"]) {
      if (typeof secret === "string") expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/[0-9a-f]{32}/);
  });

  test("keeps every rule", async () => {
    expect(describeFaults(lint(graph, await installedProvider(root)))).toBe("");
  });

  test("lets every call that a run makes arrive", async () => {
    const observed = await observedCalls(join(root, tools.reach.calls));
    expect(unknownFunctions(graph, observed)).toEqual([]);
    const all = reachOf(graph, observed);
    expect(all.length).toBeGreaterThan(20);
    const refused = all.filter(({ network, permission, resourcePolicy }) =>
      [network, permission, resourcePolicy].some(({ holds }) => holds === false),
    );
    expect(refused).toEqual([]);
    // What is created here is known here; only what is given may be unknown.
    const unknown = all.filter(({ network }) => network.holds === "unknown");
    expect(unknown.length > 0).toBe(dev || Object.keys(env).length > 0);
  });

  test("gives no right that no run uses, but for what Lambda demands", async () => {
    const unused = unusedRights(graph, await observedCalls(join(root, tools.reach.calls))).filter(
      ({ demanded }) => !demanded,
    );
    // Under sst dev a function is a stub whose role may also speak to the developer's machine.
    expect(unused.filter(({ call }) => !(dev && /^(iot|appsync|s3):/.test(call)))).toEqual([]);
  });
});
