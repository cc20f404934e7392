import { randomUUID } from "node:crypto";
import type { Graph, GraphKey, PolicyStatement } from "@appointments/graph/graph";
import { type Services, startServices } from "@appointments/local/testing/services";
import { allow, arn, busArn, fixtureFunction, fixtureGraph, tableArn } from "@appointments/local/testing/shop";
import { GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, startTarget, targetName } from "./behaviour.ts";
import { messagesOf } from "./messages.ts";
import { documented, type Row } from "./row.ts";
import type { Target } from "./topology.ts";

const work = arn("sqs", "shop-work");
const topic = arn("sns", "shop-orders");
const key = arn("kms", "key/1b4e28ba-2fa1-11d2-883f-0016d3cca427");
const deny = (actions: string[], resources: string[]): PolicyStatement => ({ effect: "Deny", actions, resources });

/** A small shop with a function for each kind of policy, and a queue that is encrypted with a key of the app. */
function shop(): Graph {
  const graph = fixtureGraph();
  const own = { id: key, policy: [] };
  return {
    ...graph,
    queues: graph.queues.map((queue) => (queue.name === "shipped" ? { ...queue, key: own } : queue)),
    functions: [
      fixtureFunction("nothing", []),
      fixtureFunction("elsewhere", [
        allow(["sqs:SendMessage"], [`${work}-dlq`]),
        allow(["sns:Publish"], [`${topic}-other`]),
        allow(["dynamodb:PutItem", "dynamodb:Query"], [tableArn, `${tableArn}-other`]),
      ]),
      fixtureFunction("index", [allow(["dynamodb:Query"], [`${tableArn}/index/*`])]),
      fixtureFunction("denied", [
        allow(["sqs:*"], ["*"]),
        allow(["dynamodb:*"], [`${tableArn}*`]),
        deny(["sqs:SendMessage"], [work]),
      ]),
      fixtureFunction("wild", [allow(["sqs:Send*", "DYNAMODB:putitem"], ["arn:aws:sqs:*:*:shop-*", tableArn])]),
      fixtureFunction("keyless", [allow(["sqs:*"], ["*"])]),
      fixtureFunction("keyed", [allow(["sqs:*"], ["*"]), allow(["kms:GenerateDataKey", "kms:Decrypt"], [key])]),
    ],
    mappings: [],
  };
}

let system: Services;
let target: Target;
const run = randomUUID();
beforeAll(async () => {
  if (targetName !== "embedded") return;
  system = await startServices(shop());
  target = await startTarget((build) => {
    const policy = (queue: string, service: string, sourceArn: string): PolicyStatement[] => [
      {
        effect: "Allow",
        actions: ["sqs:SendMessage"],
        resources: [build.queueArn(queue)],
        principals: [{ type: "Service", identifiers: [service] }],
        conditions: { ArnEquals: { "aws:SourceArn": [sourceArn] } },
      },
    ];
    const ruleArn = (name: string) => build.arn("events", `rule/${build.nameOf("bus")}/${build.nameOf(name)}`);
    const usable = (service: string): PolicyStatement => ({
      effect: "Allow",
      actions: ["kms:GenerateDataKey*", "kms:Decrypt"],
      resources: ["*"],
      principals: [{ type: "Service", identifiers: [service] }],
    });
    const encrypted = (id: string, ...statements: PolicyStatement[]): GraphKey => ({ id, policy: statements });
    const keyArn = build.arn("kms", "key/1b4e28ba-2fa1-11d2-883f-0016d3cca427");
    const queues = [
      build.queue("open", { policy: policy("open", "sns.amazonaws.com", build.topicArn("topic")) }),
      build.queue("no-policy", { policy: [] }),
      build.queue("other-source", { policy: policy("other-source", "sns.amazonaws.com", build.topicArn("other")) }),
      build.queue("other-service", {
        policy: policy("other-service", "events.amazonaws.com", build.topicArn("topic")),
      }),
      build.queue("key-open", { key: encrypted(keyArn, usable("sns.amazonaws.com")) }),
      build.queue("key-closed", { key: encrypted(keyArn, usable("events.amazonaws.com")) }),
      build.queue("key-managed", { key: { id: "alias/aws/sqs" } }),
      build.queue("bus-open", { policy: policy("bus-open", "events.amazonaws.com", ruleArn("to-bus-open")) }),
      build.queue("bus-other", { policy: policy("bus-other", "events.amazonaws.com", ruleArn("another")) }),
      build.queue("bus-key-open", { key: encrypted(keyArn, usable("events.amazonaws.com")) }),
      build.queue("bus-key-closed", { key: encrypted(keyArn, usable("sns.amazonaws.com")) }),
      build.queue("bus-key-managed", { key: { id: "alias/aws/sqs" } }),
    ];
    const names = queues.map(({ name }) => name);
    return {
      queues,
      topics: [build.topic("topic")],
      subscriptions: names.filter((name) => !name.startsWith("bus-")).map((name) => build.subscription("topic", name)),
      buses: [build.bus("bus")],
      rules: names
        .filter((name) => name.startsWith("bus-"))
        .map((name) => build.rule("bus", `to-${name}`, { source: [run] }, [{ arn: build.queueArn(name) }])),
    };
  });
});
afterAll(async () => {
  await system?.stop();
  await target?.stop();
});

const { receive } = messagesOf(() => target);
const user = (name: string) => `arn:aws:sts::123456789012:assumed-role/shop-${name}-role/shop-${name}`;
const message = (name: string, action: string, resource: string) =>
  `User: ${user(name)} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action`;
const url = (queue: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/shop-${queue}`;
const send = (name: string, queue = "work") =>
  system.clients(name).sqs.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody: "x" }));
const item = { pk: { S: "a" }, sk: { S: "1" } };
const put = (name: string) =>
  system.clients(name).dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item: item }));
const query = (name: string, IndexName?: string) =>
  system.clients(name).dynamo.send(
    new QueryCommand({
      TableName: "shop-Orders",
      ...(IndexName && { IndexName }),
      KeyConditionExpression: "#k = :v",
      ExpressionAttributeNames: { "#k": IndexName ? "state" : "pk" },
      ExpressionAttributeValues: { ":v": { S: "a" } },
    }),
  );

const iam = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const logic = `${iam}/reference_policies_evaluation-logic.html`;

/** What stands behind other targets checks no policies, or belongs to an account that must not be tried to break. */
const row = (id: string, says: string, docs: string, evidence: Row["evidence"] = documented): Row => ({
  id: `iam.${id}`,
  area: "IAM",
  says,
  docs,
  evidence,
  targets: ["embedded"],
});
const seen = (source: string, date: string): Row["evidence"] => ({
  kind: "recording",
  source: `AWS's answer in ${source}`,
  date,
});

behaviour(
  row(
    "denied.dynamodb",
    "DynamoDB answers what no policy allows with 400 AccessDeniedException.",
    logic,
    seen("ministryofjustice/modernisation-platform pull 6789", "2024-04-12"),
  ),
  async () => {
    await expect(put("nothing")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: message("nothing", "dynamodb:PutItem", tableArn),
      $metadata: { httpStatusCode: 400 },
    });
    const { dynamo } = system.clients("operator");
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: "shop-Orders", Key: item }));
    expect(Item).toBeUndefined();
  },
);

behaviour(
  row(
    "denied.sqs",
    "SQS answers what no policy allows with AccessDenied; a batch needs the right to the single action.",
    logic,
    seen("aws/serverless-application-model issue 3633", "2024-08-13"),
  ),
  async () => {
    const denied = { name: "AccessDenied", message: message("nothing", "sqs:sendmessage", work) };
    await expect(send("nothing")).rejects.toMatchObject(denied);
    const batch = new SendMessageBatchCommand({ QueueUrl: url("work"), Entries: [{ Id: "1", MessageBody: "x" }] });
    await expect(system.clients("nothing").sqs.send(batch)).rejects.toMatchObject(denied);
  },
);

behaviour(
  row(
    "denied.sns",
    "SNS answers what no policy allows with 403 AuthorizationError.",
    logic,
    seen("aws-ia/terraform-aws-control_tower_account_factory issue 151", "2022-05-11"),
  ),
  async () => {
    const publish = new PublishCommand({ TopicArn: topic, Message: "{}" });
    await expect(system.clients("nothing").sns.send(publish)).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: message("nothing", "SNS:Publish", topic),
      $metadata: { httpStatusCode: 403 },
    });
  },
);

behaviour(
  row(
    "denied.events",
    "EventBridge answers what no policy allows with 400 AccessDeniedException.",
    logic,
    seen("ministryofjustice/modernisation-platform pull 1253", "2021-11-10"),
  ),
  async () => {
    const entry = { EventBusName: "shop-bus", Source: "shop", DetailType: "order.placed", Detail: "{}" };
    await expect(
      system.clients("nothing").events.send(new PutEventsCommand({ Entries: [entry] })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: message("nothing", "events:PutEvents", busArn),
      $metadata: { httpStatusCode: 400 },
    });
  },
);

behaviour(row("resource.other", "A right to one queue, topic or table is none to another.", logic), async () => {
  await expect(send("elsewhere", "work-dlq")).resolves.toBeDefined();
  await expect(send("elsewhere")).rejects.toMatchObject({ name: "AccessDenied" });
  const publish = new PublishCommand({ TopicArn: topic, Message: "{}" });
  await expect(system.clients("elsewhere").sns.send(publish)).rejects.toMatchObject({
    name: "AuthorizationErrorException",
  });
});

behaviour(
  row(
    "resource.index",
    "A right to a table is none to its indexes, nor the other way round.",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
  ),
  async () => {
    await expect(query("elsewhere")).resolves.toBeDefined();
    await expect(query("elsewhere", "byState")).rejects.toMatchObject({
      message: message("elsewhere", "dynamodb:Query", `${tableArn}/index/byState`),
    });
    await expect(query("index", "byState")).resolves.toBeDefined();
    await expect(query("index")).rejects.toMatchObject({ name: "AccessDeniedException" });
  },
);

behaviour(row("deny.wins", "An explicit deny wins over every allow, and the answer says so.", logic), async () => {
  await expect(send("denied")).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("with an explicit deny in an identity-based policy"),
  });
  await expect(send("denied", "work-dlq")).resolves.toBeDefined();
  await expect(put("denied")).resolves.toBeDefined();
});

behaviour(
  row(
    "wildcards",
    "In a policy * stands for any characters, and the case of an action does not matter.",
    `${iam}/reference_policies_elements_action.html`,
  ),
  async () => {
    await expect(send("wild")).resolves.toBeDefined();
    await expect(put("wild")).resolves.toBeDefined();
    const receiving = new ReceiveMessageCommand({ QueueUrl: url("work") });
    await expect(system.clients("wild").sqs.send(receiving)).rejects.toMatchObject({ name: "AccessDenied" });
  },
);

const keyPage = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html";

behaviour(
  row(
    "key.sender",
    "Who sends to an encrypted queue needs kms:GenerateDataKey and kms:Decrypt on its key.",
    keyPage,
    seen("aws/aws-cdk issue 6609", "2020-03-06"),
  ),
  async () => {
    await expect(send("keyless", "shipped")).rejects.toMatchObject({
      name: expect.stringMatching(/KmsAccessDenied|KMS\.AccessDeniedException/),
      message: message("keyless", "kms:GenerateDataKey", key),
    });
    await expect(send("keyed", "shipped")).resolves.toBeDefined();
  },
);

behaviour(
  row(
    "key.receiver",
    "Who receives from an encrypted queue needs kms:Decrypt on its key.",
    keyPage,
    seen("opensearch-project/data-prepper issue 2422", "2023-03-30"),
  ),
  async () => {
    const receiving = new ReceiveMessageCommand({ QueueUrl: url("shipped") });
    await expect(system.clients("keyless").sqs.send(receiving)).rejects.toMatchObject({
      message: message("keyless", "kms:Decrypt", key),
    });
    await expect(system.clients("keyed").sqs.send(receiving)).resolves.toBeDefined();
  },
);

const publish = async () => {
  const TopicArn = target.graph.topics[0]?.arn;
  await target.sns.send(new PublishCommand({ TopicArn, Message: "to whom it may concern" }));
};
const putEvent = async () => {
  const EventBusName = target.graph.buses[0]?.busName;
  const entry = { EventBusName, Source: run, DetailType: "tried", Detail: "{}" };
  const answer = await target.events.send(new PutEventsCommand({ Entries: [entry] }));
  // That nobody may have it is no failure of the caller's.
  expect(answer.FailedEntryCount).toBe(0);
};
/** What came has come when the open queue has its message; then the closed ones are still empty. */
async function expectOnly(open: string, closed: string[]) {
  await expect.poll(() => receive(open, { VisibilityTimeout: 0 }), { timeout: 20_000 }).not.toEqual([]);
  for (const queue of closed) expect([queue, await receive(queue, { WaitTimeSeconds: 1 })]).toEqual([queue, []]);
}

const snsToSqs = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html";
const refused = seen("microsoft/aspire pull 3333", "2024-04-02");

behaviour(
  row(
    "queue.sns",
    "SNS delivers to a queue only if the queue's own policy lets SNS send for this topic.",
    snsToSqs,
    refused,
  ),
  async () => {
    await publish();
    await expectOnly("open", ["no-policy", "other-source", "other-service"]);
  },
);

behaviour(
  row(
    "queue.events",
    "EventBridge delivers to a queue only if the queue's own policy lets it send for this rule.",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
    documented,
  ),
  async () => {
    await putEvent();
    await expectOnly("bus-open", ["bus-other"]);
  },
);

behaviour(
  row(
    "key.sns",
    "SNS does not deliver to an encrypted queue whose key it may not use.",
    keyPage,
    seen("aws/aws-cdk issue 11122", "2020-10-26"),
  ),
  async () => {
    await publish();
    await expectOnly("key-open", ["key-closed"]);
  },
);

behaviour(
  row("key.events", "EventBridge does not deliver to an encrypted queue whose key it may not use.", keyPage),
  async () => {
    await putEvent();
    await expectOnly("bus-key-open", ["bus-key-closed"]);
  },
);

behaviour(
  row(
    "key.managed",
    "The key alias/aws/sqs lets in no service: neither SNS nor EventBridge delivers.",
    keyPage,
    seen("aws/aws-cdk issue 30549", "2024-06-13"),
  ),
  async () => {
    await publish();
    await expectOnly("key-open", ["key-managed"]);
    await putEvent();
    await expectOnly("bus-key-open", ["bus-key-managed"]);
  },
);

behaviour({
  ...row(
    "layers",
    "Permission boundaries, service control policies and session policies may deny what a role's policy allows.",
    logic,
  ),
  unchecked: "They belong to an organisation's accounts, not to this graph; nothing here knows of them.",
});

behaviour({
  ...row(
    "delay",
    "A changed policy takes effect some seconds later.",
    `${iam}/troubleshoot_general.html#troubleshoot_general_eventual-consistency`,
  ),
  unchecked: "Here a policy holds from the start on.",
});
