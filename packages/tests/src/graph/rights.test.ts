import { join } from "node:path";
import config from "@appointments/app/graph";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { namesOf } from "@appointments/graph/names";
import { reachOf, unknownFunctions, unusedRights } from "@appointments/graph/reach";
import { observedCalls } from "@appointments/graph/reach/table";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../repository.ts";
import { consumers, databaseLinks, deployers, graphOf, ofType, some } from "./stage.ts";

const observed = () => observedCalls(join(root, config.reach.calls));

/** What a consumer needs for its queue, whether a run used all of it or not: Lambda's poller, a later retry, a dead letter. */
const forQueue = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"];
const forDlq = ["SendMessage"];

describe("rights in the production graph", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });

  const rightsOn = (fn: GraphFunction, arn: string) =>
    fn.statements
      .filter(({ resources }) => resources.includes(arn))
      .flatMap(({ actions }) => actions)
      .sort();

  test("every consumer may work on its queue and write to its dead-letter queue, and on no other queue", () => {
    for (const { fn, queue, dlq } of consumers(graph)) {
      expect(rightsOn(fn, queue.arn), fn.name).toEqual(forQueue.map((action) => `sqs:${action}`));
      expect(rightsOn(fn, dlq.arn), fn.name).toEqual(forDlq.map((action) => `sqs:${action}`));
    }
    for (const fn of graph.functions) {
      const own = consumers(graph).flatMap((each) => (each.fn.arn === fn.arn ? [each.queue.arn, each.dlq.arn] : []));
      const all = fn.statements.flatMap(({ resources }) => resources).filter((arn) => arn.includes(":sqs:"));
      for (const arn of all) expect(own, fn.name).toContain(arn);
    }
  });

  test("nothing is granted by wildcard or by exclusion", () => {
    for (const fn of some(graph.functions)) {
      for (const { actions, resources, ...rest } of fn.statements) {
        for (const item of [...actions, ...resources]) expect(item, fn.name).not.toMatch(/[*?]/);
        expect(rest, fn.name).toEqual({ effect: "Allow" });
      }
    }
  });

  test("managed policies only write logs and join the VPC", () => {
    const allowed = ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"];
    for (const fn of some(graph.functions)) {
      for (const policy of fn.managedPolicies) expect(allowed, fn.name).toContain(policy.split("/").at(-1));
    }
  });

  test("a function is linked to what it has rights on, to databases, and the API to the secret of its cursors", () => {
    const name = namesOf(graph);
    for (const fn of some(graph.functions)) {
      const used = fn.statements.flatMap(({ resources }) => resources.map((arn) => name(arn).split("/")[0]));
      const secrets = fn.name === "appointment" ? ["CursorSecret"] : [];
      const expected = [...new Set([...used, ...databaseLinks(graph, fn), ...secrets])];
      expect([...fn.links].sort(), fn.name).toEqual(expected.sort());
      for (const link of fn.links) {
        const { type: _, ...properties } = graph.links[link] ?? {};
        expect(Object.keys(properties), link).not.toEqual([]);
      }
    }
  });

  test("a country's database is linked to that country's functions only", () => {
    const owners = new Map<string, string>();
    for (const fn of some(graph.functions.filter((each) => databaseLinks(graph, each).length > 0))) {
      const { COUNTRY = "" } = fn.environment;
      // What the deployment invokes has the owner's account as well.
      const accounts = deployers(graph).includes(fn) ? ["", "OWNER"] : [""];
      const links = databaseLinks(graph, fn);
      expect(links.map((link) => link.toUpperCase()).sort(), fn.name).toEqual(
        accounts.map((account) => `DATABASE${COUNTRY}${account}`),
      );
      for (const link of links) {
        expect(owners.get(link) ?? COUNTRY, link).toBe(COUNTRY);
        owners.set(link, COUNTRY);
      }
    }
    expect(new Set(owners.values()).size).toBe(owners.size / 2);
  });

  test("every function runs on arm64 with Node 24 and logs JSON", () => {
    for (const fn of some(graph.functions)) {
      expect([fn.runtime, fn.architectures], fn.name).toEqual(["nodejs24.x", ["arm64"]]);
    }
    for (const fn of some(ofType(graph, "aws:lambda/function:Function"))) {
      expect(fn.inputs.loggingConfig, fn.name).toMatchObject({ logFormat: "JSON" });
    }
  });
});

describe("every kind of stage", () => {
  const graphs: { kind: string; dev: boolean; env: object; graph: Graph }[] = [];
  beforeAll(async () => {
    for (const of of config.stages)
      graphs.push({ ...of, graph: await graphOf(of.stage, { dev: of.dev, env: of.env }) });
  });

  test("lets every call that a run made arrive", async () => {
    const calls = await observed();
    for (const { kind, dev, env, graph } of some(graphs)) {
      expect(unknownFunctions(graph, calls), kind).toEqual([]);
      const all = some(reachOf(graph, calls));
      const refused = all.filter(({ network, permission, resourcePolicy }) =>
        [network, permission, resourcePolicy].some(({ holds }) => holds === false),
      );
      expect(refused, kind).toEqual([]);
      // What is created here is known here; only what is given may be unknown.
      const unknown = all.filter(({ network }) => network.holds === "unknown");
      expect(unknown.length > 0, kind).toBe(dev || Object.keys(env).some((name) => name.includes("DATABASE_URL")));
    }
  });

  test("gives a function, beyond its own queue, only rights that a run used", async () => {
    const calls = await observed();
    const unused = some(graphs).flatMap(({ kind, dev, graph }) => {
      const own = consumers(graph).flatMap(({ fn, queue, dlq }) => [
        `${fn.name} ${queue.name}`,
        `${fn.name} ${dlq.name}`,
      ]);
      return (
        unusedRights(graph, calls)
          // Under sst dev a function is a stub whose role may also reach the developer's machine.
          .filter((right) => !(dev && /^(iot|appsync|s3):/.test(right.call)))
          .filter((right) => !own.includes(`${right.function} ${right.on}`))
          .map((right) => `${kind}: ${right.function} ${right.call} ${right.on}`)
      );
    });
    expect(unused).toEqual([]);
  });
});
