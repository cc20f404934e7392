import config from "@appointments/app/graph";
import type { StageKind } from "@appointments/graph/config";
import type { Graph } from "@appointments/graph/graph";
import { describeFaults, installedProvider, lint } from "@appointments/graph/rule/lint";
import { summary } from "@appointments/graph/summary";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../repository.ts";
import { settingsDifference, settingsOf, settingsText } from "./snapshot.ts";
import { graphOf, some } from "./stage.ts";

/*
 * What production is made of, to be read in a review, and what is different on each other kind of stage. Accept a change
 * with `npm test -- packages/tests/src/graph/snapshot -u`.
 */
const kinds: (StageKind & { graph: Graph })[] = [];
beforeAll(async () => {
  for (const of of config.stages) kinds.push({ ...of, graph: await graphOf(of.stage, { dev: of.dev, env: of.env }) });
});
const production = () => kinds.find(({ kind }) => kind === "production")?.graph as Graph; // the configuration names it

/** The words, but for the list of what there is of each type. */
function words(graph: Graph): string {
  return summary(graph)
    .replace(/ \(\d+ resources\)/, "")
    .replace(/\n\nResources by type\n.*$/s, "");
}

test("production is what its snapshot shows", async () => {
  const text = [words(production()), "Settings", settingsText(settingsOf(production())), ""].join("\n\n");
  await expect(text).toMatchFileSnapshot("snapshots/production.txt");
});

test("every other kind of stage differs from production as its snapshot shows", async () => {
  const from = settingsOf(production());
  const text = some(kinds)
    .filter(({ kind }) => kind !== "production")
    .map(({ kind, graph }) => `${kind}, instead of production\n${settingsDifference(from, settingsOf(graph))}\n`)
    .join("\n");
  await expect(text).toMatchFileSnapshot("snapshots/kinds.txt");
});

test("no snapshot shows a password, a key or a hash", () => {
  for (const { kind, graph } of some(kinds)) {
    const text = words(graph) + settingsText(settingsOf(graph));
    const secrets = graph.resources.flatMap(({ inputs, outputs }) => [
      inputs.password,
      outputs.result,
      outputs.base64,
      outputs.hex,
    ]);
    for (const secret of [...secrets, "p%40ss", "p@ss", ":secret@"]) {
      if (typeof secret === "string") expect(text, kind).not.toContain(secret);
    }
    expect(text, kind).not.toMatch(/[0-9a-f]{32}/);
  }
});

test("every kind of stage keeps every rule", async () => {
  const provider = await installedProvider(root);
  for (const { kind, graph, ...account } of some(kinds))
    expect(describeFaults(lint(graph, provider, { ...config, ...account })), kind).toBe("");
});

describe("the settings of a graph", () => {
  test("do not change when there is one more of a kind, and do when one is set otherwise", () => {
    const graph = structuredClone(production());
    const queue = graph.resources.find(({ name }) => name === "SQS_PEQueue");
    if (!queue) throw new Error("there is no SQS_PEQueue");
    graph.resources.push({ ...queue, name: "AnotherQueue", inputs: { ...queue.inputs, name: "another" } });
    expect(settingsDifference(settingsOf(production()), settingsOf(graph))).toBe("");
    queue.inputs.maxMessageSize = 1024;
    expect(settingsDifference(settingsOf(production()), settingsOf(graph))).toMatch(
      /^ {2}aws:sqs\/queue:Queue\n {2}\+ maxMessageSize: 1024$/,
    );
  });
});
