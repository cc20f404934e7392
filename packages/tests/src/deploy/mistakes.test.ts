import type { Graph } from "@appointments/graph/graph";
import { installedProvider, lint } from "@appointments/graph/rule/lint";
import { afterEach, expect, test } from "vitest";
import { graphOf } from "../graph/stage.ts";
import { copyRepository, type RepositoryCopy, root } from "../repository.ts";

/*
 * Mistakes in sst.config.ts and packages/infra themselves, evaluated as a deployment would be. Each is found by the name of
 * its rule, in seconds; one for every rule, in the evaluated graph, is in ../graph/rules.test.ts.
 */
let copy: RepositoryCopy | undefined;
afterEach(async () => {
  await copy?.remove();
  copy = undefined;
});

const faultsOf = async (graph: Graph) =>
  lint(graph, await installedProvider(root)).map(({ rule, resource }) => `${rule} ${resource.split(" ")[1]}`);

test("a branch's long name as the stage makes the rule's name too long", async () => {
  const stage = "feature-appointments-of-the-new-clinics-2026";
  expect(stage).toHaveLength(44); // one more than there is room for
  expect(await faultsOf(await graphOf(stage, { dev: true }))).toEqual(["events.rule-name DecidedRule"]);
});

test("mistakes all over the configuration are all found", async () => {
  copy = await copyRepository();
  await copy.edit("sst.config.ts", "batch: { size: 100, windowSeconds: 1 }", "batch: { size: 100, windowSeconds: 0 }");
  await copy.edit("sst.config.ts", `timeout: "10 seconds"`, `timeout: "45 seconds"`);
  await copy.edit("packages/infra/src/queue.ts", "const visibilityFactor = 6;", "const visibilityFactor = 0.5;");
  await copy.edit("packages/infra/src/delivery.ts", "maximumRetryAttempts: 185", "maximumRetryAttempts: 500");
  await copy.edit("sst.config.ts", `openWayOut(network, "WayToBus", "events"`, `openWayOut(network, "WayToBus", "sqs"`);
  // A group that shuts the database's port to the functions.
  await copy.edit(
    "packages/infra/src/network.ts",
    `created ??= new sst.aws.Vpc("Vpc", { az: 2 });`,
    `created ??= new sst.aws.Vpc("Vpc", {
        az: 2,
        transform: {
          securityGroup: (args) => {
            args.ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] }];
          },
        },
      });`,
  );
  const found = await faultsOf(await graphOf("production", { root: copy.root }));
  const rules = new Set(found.map((fault) => fault.split(" ")[0]));
  expect([...rules].sort()).toEqual([
    "apigateway.function-timeout",
    "events.retry-attempts",
    "lambda.batch-window",
    "lambda.visibility",
    "network.database",
    "network.endpoint-dns", // two endpoints for sqs
    "network.way-out",
  ]);
  expect(found.filter((fault) => fault.startsWith("network.database"))).toEqual([
    "network.database appointmentClFunction",
    "network.database appointmentPeFunction",
    "network.database migrateClFunction",
    "network.database migratePeFunction",
  ]);
});

test("a second policy on a queue is refused by name when the graph is made", async () => {
  copy = await copyRepository();
  await copy.edit(
    "sst.config.ts",
    "    // 4. ",
    `    topicToQueue("RequestedAgain", requested, { ...confirmations, name: "AGAIN" }, { countryISO: ["PE"] });\n\n    // 4. `,
  );
  await expect(graphOf("someone", { dev: true, root: copy.root })).rejects.toThrow(
    "sqs.one-policy: SQS_CONFIRMATIONQueue has two policies, AGAINPolicy and SQS_CONFIRMATIONPolicy",
  );
});

test("two resources that wait for each other are refused by name, and at once", async () => {
  copy = await copyRepository();
  await copy.edit(
    "sst.config.ts",
    "    // 4. ",
    `    const later = Promise.withResolvers<string>();
    const one = new sst.aws.Queue("One", { transform: { queue: { tags: { other: later.promise } } } });
    const two = new sst.aws.Queue("Two", { transform: { queue: { tags: { other: one.arn } } } });
    two.arn.apply((arn) => later.resolve(arn));

    // 4. `,
  );
  await expect(graphOf("someone", { dev: true, root: copy.root })).rejects.toThrow("graph.cycle");
});
