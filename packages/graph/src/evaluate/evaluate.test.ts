import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { trialApp } from "../fixture/trial.ts";
import { evaluate } from "./evaluate.ts";

const flow = `
    const table = new sst.aws.Dynamo("Table", {
      fields: { pk: "string", sk: "string", shard: "string" },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      globalIndexes: { byShard: { hashKey: "shard", rangeKey: "sk", projection: "all" } },
      ttl: "expiresAt",
    });
    const topic = new sst.aws.SnsTopic("Topic");
    const dlq = new sst.aws.Queue("Work_DLQ");
    const work = new sst.aws.Queue("Work", { visibilityTimeout: "60 seconds", dlq: { queue: dlq.arn, retry: 5 } });
    topic.subscribeQueue("ToWork", work, {
      filter: { kind: ["order"] },
      transform: {
        subscription: (args) => {
          args.rawMessageDelivery = true;
          args.redrivePolicy = $jsonStringify({ deadLetterTargetArn: dlq.arn });
        },
      },
    });
    const bus = new sst.aws.Bus("Bus");
    const key = new aws.kms.Key("Key", {
      policy: JSON.stringify({
        Statement: [
          { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: "*" },
        ],
      }),
    });
    const alias = new aws.kms.Alias("KeyAlias", { name: "alias/trial", targetKeyId: key.keyId });
    const back = new sst.aws.Queue("Back", { transform: { queue: { kmsMasterKeyId: alias.name } } });
    bus.subscribeQueue("ToBack", back, {
      pattern: { source: ["trial"] },
      transform: { target: { retryPolicy: { maximumRetryAttempts: 7, maximumEventAgeInSeconds: 3600 }, deadLetterConfig: { arn: dlq.arn } } },
    });
    const own = new sst.Linkable("Own", { properties: { url: "mysql://u:p@h:3306/d" } });
    const api = new sst.aws.Function("api", {
      handler: "src/api.handler",
      link: [table, own],
      timeout: "7 seconds",
      memory: "256 MB",
      architecture: "arm64",
      environment: { GREETING: "hello" },
      nodejs: { minify: false },
      copyFiles: [{ from: "files", to: "beside" }],
      permissions: [{ actions: ["sns:Publish"], resources: [topic.arn] }],
    });
    const worker = new sst.aws.Function("worker", { handler: "src/worker.handler" });
    work.subscribe(worker.arn, {
      batch: { size: 100, window: "1 second", partialResponses: true },
      transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency: 4 } } },
    });
    const http = new sst.aws.ApiGatewayV2("Http", { cors: { allowOrigins: ["https://example.com"] } });
    http.route("$default", api.arn);
    const auth = http.addAuthorizer({ name: "auth", jwt: { issuer: "https://issuer.example.com", audiences: ["us"] } });
    http.route("GET /mine", api.arn, { auth: { jwt: { authorizer: auth.id, scopes: ["read"] } } });
    http.route("GET /ours", api.arn, { auth: { iam: true } });
    new sst.aws.CronV2("Tick", { schedule: "rate(1 minute)", function: worker.arn });
    const first = new aws.lambda.Invocation("zFirst", { functionName: worker.name, input: JSON.stringify({ step: 1 }) });
    new aws.lambda.Invocation("aSecond", { functionName: api.name, input: "{}" }, { dependsOn: first });`;

let app: Awaited<ReturnType<typeof trialApp>>;
afterEach(() => app.remove());

describe("the graph of a small app", () => {
  test("holds every part with what AWS would know of it", async () => {
    app = await trialApp(flow);
    app.write("files/a.sql", "select 1");
    const graph = await evaluate({ root: app.root, stage: "dev", dev: false, ambient: false });

    expect(readdirSync(join(app.root, ".sst")).sort(), "nothing is left of the evaluation").toEqual([
      "graph",
      "platform",
      "provider-lock.json",
    ]);
    expect(readdirSync(join(app.root, ".sst/graph"))).toEqual([expect.stringMatching(/\.json$/)]);

    expect(graph).toMatchObject({
      app: "trial",
      stage: "dev",
      dev: false,
      region: "us-east-1",
      account: "123456789012",
    });
    expect(graph.tables).toEqual([
      {
        name: "Table",
        tableName: "trial-dev-TableTable",
        arn: "arn:aws:dynamodb:us-east-1:123456789012:table/trial-dev-TableTable",
        attributes: ["pk", "sk", "shard"].map((name) => ({ name, type: "S" })),
        hashKey: "pk",
        rangeKey: "sk",
        globalIndexes: [{ name: "byShard", hashKey: "shard", rangeKey: "sk", projectionType: "ALL" }],
        ttlAttribute: "expiresAt",
      },
    ]);
    const [back, work, dlq] = graph.queues;
    expect(work).toMatchObject({
      name: "Work",
      url: "https://sqs.us-east-1.amazonaws.com/123456789012/trial-dev-WorkQueue",
      visibilityTimeoutSeconds: 60,
      retentionSeconds: 345_600,
      maxMessageBytes: 262_144,
      redrive: { deadLetterArn: "arn:aws:sqs:us-east-1:123456789012:trial-dev-WorkDLQQueue", maxReceiveCount: 5 },
    });
    expect(work?.policy).toEqual([
      {
        effect: "Allow",
        actions: ["sqs:SendMessage"],
        resources: [work?.arn],
        principals: [
          { type: "Service", identifiers: ["sns.amazonaws.com", "s3.amazonaws.com", "events.amazonaws.com"] },
        ],
      },
    ]);
    expect(graph.subscriptions).toMatchObject([
      {
        topicArn: graph.topics[0]?.arn,
        protocol: "sqs",
        endpoint: work?.arn,
        rawMessageDelivery: true,
        filterPolicy: { kind: ["order"] },
        filterPolicyScope: "MessageAttributes",
        deadLetterArn: dlq?.arn,
      },
    ]);
    expect(graph.rules).toMatchObject([
      {
        busName: graph.buses[0]?.busName,
        pattern: { source: ["trial"] },
        targets: [
          { arn: back?.arn, deadLetterArn: dlq?.arn, retry: { maximumAttempts: 7, maximumEventAgeSeconds: 3600 } },
        ],
      },
    ]);
    const [api, worker] = graph.functions;
    expect(api).toMatchObject({
      name: "api",
      functionName: "trial-dev-apiFunction",
      handler: "src/api.handler",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      memoryMb: 256,
      timeoutSeconds: 7,
      environment: { GREETING: "hello", SST_KEY: expect.any(String), SST_KEY_FILE: "resource.enc" },
      links: ["Own", "Table"],
      build: { nodejs: { minify: false }, copyFiles: [{ from: "files", to: "beside" }] },
    });
    expect(back?.key).toEqual({
      id: expect.stringMatching(/^arn:aws:kms:us-east-1:\d{12}:key\/[0-9a-f-]{36}$/),
      policy: [
        {
          effect: "Allow",
          actions: ["kms:GenerateDataKey", "kms:Decrypt"],
          resources: ["*"],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
        },
      ],
    });
    expect(api?.statements).toContainEqual({
      effect: "Allow",
      actions: ["sns:Publish"],
      resources: [graph.topics[0]?.arn],
    });
    expect(graph.mappings).toMatchObject([
      {
        queueArn: work?.arn,
        functionArn: worker?.arn,
        batchSize: 100,
        windowSeconds: 1,
        maximumConcurrency: 4,
        partialResponses: true,
      },
    ]);
    expect(graph.apis).toMatchObject([{ name: "Http" }]);
    expect(graph.apis[0]?.routes).toEqual([
      { routeKey: "$default", functionArn: api?.arn },
      {
        routeKey: "GET /mine",
        functionArn: api?.arn,
        authorizer: {
          type: "JWT",
          issuer: "https://issuer.example.com",
          audiences: ["us"],
          identitySource: "$request.header.Authorization",
          scopes: ["read"],
        },
      },
      { routeKey: "GET /ours", functionArn: api?.arn, authorizer: { type: "AWS_IAM" } },
    ]);
    expect(graph.schedules).toEqual([
      { name: "Tick", expression: "rate(1 minute)", functionArn: worker?.arn, enabled: true, input: {} },
    ]);
    expect(graph.invocations.map(({ name, input }) => ({ name, input }))).toEqual([
      { name: "zFirst", input: { step: 1 } },
      { name: "aSecond", input: {} },
    ]);
    expect(graph.links).toMatchObject({
      Own: { url: "mysql://u:p@h:3306/d" },
      Table: { name: "trial-dev-TableTable", type: "sst.aws.Dynamo" },
    });
  });

  test("is the same at each evaluation, whether from the cache or anew", async () => {
    app = await trialApp(flow);
    app.write("files/a.sql", "select 1");
    const options = { root: app.root, stage: "dev", dev: false, ambient: false };
    const [first, second] = await Promise.all([evaluate(options), evaluate({ ...options, cached: false })]);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));

    const start = performance.now();
    // Too short for an evaluation: this is the cache's answer.
    const third = await evaluate({ ...options, timeoutMs: 1 });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(JSON.stringify(third)).toBe(JSON.stringify(first));

    app.configure(`new sst.aws.Queue("Other");`);
    expect((await evaluate(options)).queues.map(({ name }) => name)).toEqual(["Other"]);
  });

  test("says under sst dev what the live functions run, not what the stubs in the cloud are", async () => {
    app = await trialApp(flow);
    app.write("files/a.sql", "select 1");
    const graph = await evaluate({ root: app.root, stage: "alice", dev: true, ambient: false });
    expect(graph.functions[0]).toMatchObject({
      name: "api",
      handler: "src/api.handler",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      links: ["Own", "Table"],
      build: { nodejs: { minify: false }, copyFiles: [{ from: "files", to: "beside" }] },
    });
    const [stub] = graph.resources.filter(({ type }) => type === "aws:lambda/function:Function");
    expect(stub?.inputs.runtime).toBe("provided.al2023");
  });
});

describe("a MySQL database", () => {
  const database = `
    const vpc = new sst.aws.Vpc("Vpc");
    const mysql = new sst.aws.Mysql("Mysql", { vpc, version: "8.4.6", username: "app", database: "orders", proxy: true });
    new sst.Linkable("Database", { properties: { host: mysql.host, password: mysql.password } });`;

  test("is known by the hosts of the instance and of its proxy, with one password at each evaluation", async () => {
    app = await trialApp(database);
    const graph = await evaluate({ root: app.root, stage: "production", dev: false, ambient: false });
    const [found] = graph.databases;
    expect(found).toMatchObject({
      name: "Mysql",
      engine: "mysql",
      engineVersion: "8.4.6",
      port: 3306,
      username: "app",
      database: "orders",
    });
    expect(found?.hosts).toEqual([
      expect.stringMatching(/^trial-production-mysqlinstance\.\w+\.us-east-1\.rds\.amazonaws\.com$/),
      expect.stringMatching(/^trial-production-mysqlproxy\.proxy-\w+\.us-east-1\.rds\.amazonaws\.com$/),
    ]);
    expect(graph.links.Database).toMatchObject({ host: found?.hosts[1], password: found?.password });
    expect(found?.password).toHaveLength(32);
    const instance = graph.resources.find(({ type }) => type === "aws:rds/instance:Instance");
    expect(instance?.options.retainOnDelete, "removal: retain").toBe(true);
  });
});

test("names too long for AWS stay different from each other", async () => {
  const long = "a".repeat(60);
  app = await trialApp(`
    new aws.iam.Role("unused", { assumeRolePolicy: "{}" });
    for (const end of ["One", "Two"]) new sst.aws.Function("${long}" + end, { handler: "src/x.handler" });`);
  const graph = await evaluate({ root: app.root, stage: "dev", dev: false, ambient: false });
  const names = graph.functions.map(({ functionName }) => functionName);
  expect(new Set(names).size).toBe(2);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64);
});

test("two policies on one queue are refused: on AWS one would replace the other", async () => {
  app = await trialApp(`
    const queue = new sst.aws.Queue("Queue");
    for (const name of ["One", "Two"]) new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy: "{}" });`);
  await expect(evaluate({ root: app.root, stage: "dev", dev: false, ambient: false })).rejects.toThrow(
    "QueueQueue has two policies, One and Two: on AWS one would replace the other.",
  );
});

test("a provider that sst.config.ts names for the first time is installed", { timeout: 120_000 }, async () => {
  app = await trialApp("");
  app.write(
    "sst.config.ts",
    `export default $config({
      app: () => ({ name: "trial", home: "aws", providers: { tls: "5.0.1" } }),
      async run() { new tls.PrivateKey("Key", { algorithm: "ED25519" }); },
    });`,
  );
  const messages: string[] = [];
  const onProgress = (message: string) => messages.push(message);
  const graph = await evaluate({ root: app.root, stage: "dev", dev: false, ambient: false, onProgress });
  expect(graph.resources.map(({ type }) => type)).toEqual(["tls:index/privateKey:PrivateKey"]);
  expect(messages).toHaveLength(1);
});
