import type { Graph, GraphFunction, GraphQueue, GraphTable, PolicyStatement } from "@appointments/graph/graph";

const region = "us-east-1";
const account = "123456789012";
export const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
export const tableArn = `arn:aws:dynamodb:${region}:${account}:table/shop-Orders`;
export const busArn = `arn:aws:events:${region}:${account}:event-bus/shop-bus`;
export const ruleArn = `arn:aws:events:${region}:${account}:rule/shop-bus/shop-shipped`;

export const archiveArn = `arn:aws:events:${region}:${account}:archive/shop-archive`;

export function fixtureFunction(name: string, statements: PolicyStatement[]): GraphFunction {
  return {
    name,
    functionName: `shop-${name}`,
    arn: arn("lambda", `function:shop-${name}`),
    handler: `src/${name}.handler`,
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memoryMb: 256,
    timeoutSeconds: 1,
    environment: {},
    links: [],
    statements,
    managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    build: { nodejs: {}, copyFiles: [] },
  };
}

export function fixtureQueue(name: string, more: Partial<GraphQueue> = {}): GraphQueue {
  return {
    name,
    queueName: `shop-${name}`,
    arn: arn("sqs", `shop-${name}`),
    url: `https://sqs.${region}.amazonaws.com/${account}/shop-${name}`,
    fifo: false,
    visibilityTimeoutSeconds: 1,
    retentionSeconds: 345_600,
    delaySeconds: 0,
    maxMessageBytes: 1_048_576,
    policy: [],
    ...more,
  };
}

function fixtureTable(): GraphTable {
  return {
    name: "Orders",
    tableName: "shop-Orders",
    arn: tableArn,
    attributes: ["pk", "sk", "state"].map((name) => ({ name, type: "S" })),
    hashKey: "pk",
    rangeKey: "sk",
    globalIndexes: [{ name: "byState", hashKey: "state", rangeKey: "sk", projectionType: "ALL" }],
  };
}

export function allow(actions: string[], resources: string[]): PolicyStatement {
  return { effect: "Allow", actions, resources };
}

/** Lets one service send to a queue on behalf of one source, as a queue's policy does. */
export function letIn(queue: string, service: string, sourceArn: string): PolicyStatement {
  return {
    effect: "Allow",
    actions: ["sqs:SendMessage"],
    resources: [arn("sqs", `shop-${queue}`)],
    principals: [{ type: "Service", identifiers: [service] }],
    conditions: { ArnEquals: { "aws:SourceArn": [sourceArn] } },
  };
}

/** A small shop: orders in a table, a topic with one filtered queue, a bus with one rule and its queue, DLQs. */
export function fixtureGraph(): Graph {
  const work = arn("sqs", "shop-work");
  return {
    app: "shop",
    stage: "test",
    dev: false,
    region,
    account,
    resources: [],
    functions: [
      fixtureFunction("producer", [
        allow(["dynamodb:PutItem", "dynamodb:GetItem"], [tableArn]),
        allow(["dynamodb:Query"], [tableArn, `${tableArn}/index/*`]),
        allow(["sns:Publish"], [arn("sns", "shop-orders")]),
        allow(["events:PutEvents"], [busArn]),
        allow(["sqs:SendMessage"], [work]),
      ]),
      fixtureFunction("consumer", [
        allow(
          ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
          [work],
        ),
      ]),
      fixtureFunction("stranger", []),
    ],
    links: {},
    tables: [fixtureTable()],
    queues: [
      fixtureQueue("work", {
        redrive: { deadLetterArn: arn("sqs", "shop-work-dlq"), maxReceiveCount: 2 },
        policy: [letIn("work", "sns.amazonaws.com", arn("sns", "shop-orders"))],
      }),
      fixtureQueue("work-dlq"),
      fixtureQueue("shipped", { policy: [letIn("shipped", "events.amazonaws.com", ruleArn)] }),
    ],
    topics: [{ name: "orders", topicName: "shop-orders", arn: arn("sns", "shop-orders") }],
    subscriptions: [
      {
        name: "ordersToWork",
        topicArn: arn("sns", "shop-orders"),
        protocol: "sqs",
        endpoint: work,
        rawMessageDelivery: true,
        filterPolicy: { size: ["large"] },
        filterPolicyScope: "MessageAttributes",
      },
    ],
    buses: [{ name: "bus", busName: "shop-bus", arn: busArn }],
    rules: [
      {
        name: "shipped",
        ruleName: "shop-shipped",
        arn: ruleArn,
        busName: "shop-bus",
        pattern: { source: ["shop"], "detail-type": [{ prefix: "order." }], detail: { state: ["shipped"] } },
        targets: [{ arn: arn("sqs", "shop-shipped") }],
      },
    ],
    archives: [{ name: "archive", archiveName: "shop-archive", arn: archiveArn, busArn, retentionDays: 7 }],
    mappings: [
      {
        name: "workMapping",
        queueArn: work,
        functionArn: arn("lambda", "function:shop-consumer"),
        batchSize: 10,
        windowSeconds: 0,
        partialResponses: true,
      },
    ],
    apis: [],
    userPools: [],
    schedules: [],
    invocations: [],
    databases: [],
  };
}
