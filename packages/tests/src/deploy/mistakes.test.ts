import type { Graph } from "@appointments/graph/graph";
import { installedProvider, lint } from "@appointments/graph/rule/lint";
import { afterEach, expect, test } from "vitest";
import { account, graphOf } from "../graph/stage.ts";
import { copyRepository, type RepositoryCopy, root } from "../repository.ts";

/*
 * Mistakes in what sst.config.ts and packages/infra make, evaluated as a deployment would be. Each is found by the name of
 * its rule, in seconds; one for every rule, in the evaluated graph, is in ../graph/rules.test.ts.
 */
let copy: RepositoryCopy | undefined;
afterEach(async () => {
  await copy?.remove();
  copy = undefined;
});

const faultsOf = async (graph: Graph) =>
  lint(graph, await installedProvider(root), account).map(({ rule, resource }) => `${rule} ${resource.split(" ")[1]}`);

test("a branch's long name as the stage makes the rule's name too long", async () => {
  const stage = "feature-appointments-of-the-new-clinics-2026";
  expect(stage).toHaveLength(44); // one more than there is room for
  const found = await faultsOf(await graphOf(stage, { dev: true }));
  expect(found).toContain("events.rule-name DecidedRule");
  expect(found.filter((fault) => !fault.startsWith("events.rule-name "))).toEqual([]);
});

test("mistakes all over the configuration are all found", async () => {
  copy = await copyRepository();
  await copy.surround(`
    $transform(aws.lambda.EventSourceMapping, (args) => { args.maximumBatchingWindowInSeconds = 0; });
    $transform(aws.lambda.Function, (args, _, name) => { if (name === "appointmentFunction") args.timeout = 45; });
    $transform(aws.sqs.Queue, (args) => { args.visibilityTimeoutSeconds = 15; });
    $transform(aws.cloudwatch.EventTarget, (args) => { args.retryPolicy = { maximumRetryAttempts: 500 }; });
    $transform(aws.ec2.VpcEndpoint, (args) => { args.serviceName = "com.amazonaws.us-east-1.sqs"; });
    // A group that shuts the database's port to the functions.
    $transform(aws.ec2.DefaultSecurityGroup, (args) => {
      args.ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] }];
    });`);
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
  expect([...new Set(found.filter((fault) => fault.startsWith("network.database")))]).toEqual([
    "network.database appointmentClFunction",
    "network.database appointmentPeFunction",
    "network.database eraseClFunction",
    "network.database erasePeFunction",
    "network.database lookupClFunction",
    "network.database lookupPeFunction",
    "network.database migrateClFunction",
    "network.database migratePeFunction",
  ]);
});

test("a second policy on a queue is refused by name when the graph is made", async () => {
  copy = await copyRepository();
  await copy.surround(
    `
    let queueUrl;
    $transform(aws.sqs.QueuePolicy, (args, _, name) => { if (name === "SQS_CONFIRMATIONPolicy") queueUrl = args.queueUrl; });`,
    `    new aws.sqs.QueuePolicy("AGAINPolicy", { queueUrl, policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) });`,
  );
  await expect(graphOf("someone", { dev: true, root: copy.root })).rejects.toThrow(
    "sqs.one-policy: SQS_CONFIRMATIONQueue has two policies, AGAINPolicy and SQS_CONFIRMATIONPolicy",
  );
});

test("two resources that wait for each other are refused by name, and at once", async () => {
  copy = await copyRepository();
  await copy.surround(
    "",
    `    const later = Promise.withResolvers();
    const one = new sst.aws.Queue("One", { transform: { queue: { tags: { other: later.promise } } } });
    const two = new sst.aws.Queue("Two", { transform: { queue: { tags: { other: one.arn } } } });
    two.arn.apply((arn) => later.resolve(arn));`,
  );
  await expect(graphOf("someone", { dev: true, root: copy.root })).rejects.toThrow("graph.cycle");
});
