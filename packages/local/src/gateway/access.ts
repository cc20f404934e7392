import type { Graph } from "@appointments/graph/graph";
import { type AwsRequest, isObject, objects, text } from "../aws/request.ts";

/** One permission that a call needs. */
export interface Access {
  /** `dynamodb:PutItem` */
  action: string;
  /** ARN, or `*`. */
  resource: string;
  /** The service that uses a KMS key in the caller's name. */
  via?: string;
}

/** Whose resources a call without an ARN is about. */
type Owner = Pick<Graph, "account" | "region"> & Partial<Pick<Graph, "queues">>;

/**
 * The permissions that AWS asks of the caller of a request; undefined for a service or an action that is not known
 * here, which no function may call.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function accesses(request: AwsRequest, owner: Owner): Access[] | undefined {
  return Object.hasOwn(services, request.service) ? services[request.service]?.(request, owner) : undefined;
}

const services: Record<string, (request: AwsRequest, owner: Owner) => Access[] | undefined> = {
  ...{ dynamodb, sqs, sns, events },
  // AWS lets everybody ask who they are.
  sts: ({ action }) => (action === "GetCallerIdentity" ? [] : undefined),
};

const tableActions = [
  ...["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"],
  ...["CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "DescribeTimeToLive", "UpdateTimeToLive"],
];

function dynamodb({ action, params }: AwsRequest, owner: Owner): Access[] | undefined {
  const arn = (table: string, index?: unknown) => {
    const arnOfOwn = `arn:aws:dynamodb:${owner.region}:${owner.account}:table/${table}`;
    const tableArn = table.startsWith("arn:") ? table : arnOfOwn;
    return typeof index === "string" ? `${tableArn}/index/${index}` : tableArn;
  };
  if (tableActions.includes(action)) {
    return [{ action: `dynamodb:${action}`, resource: arn(text(params.TableName) ?? "", params.IndexName) }];
  }
  if (action === "BatchGetItem" || action === "BatchWriteItem") {
    const tables = isObject(params.RequestItems) ? Object.keys(params.RequestItems) : [];
    return tables.map((table) => ({ action: `dynamodb:${action}`, resource: arn(table) }));
  }
  if (action === "TransactGetItems" || action === "TransactWriteItems") {
    // AWS asks for the permission of each item's own action, not for one named after the transaction.
    return objects(params.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, value]) => ({
        action: `dynamodb:${kind}Item`,
        resource: arn((isObject(value) ? text(value.TableName) : undefined) ?? ""),
      })),
    );
  }
  return action === "ListTables" ? [{ action: "dynamodb:ListTables", resource: "*" }] : undefined;
}

const queueActions = [
  ...["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"],
  ...["GetQueueUrl", "SetQueueAttributes", "PurgeQueue", "CreateQueue", "DeleteQueue", "ListQueueTags", "TagQueue"],
  ...["UntagQueue", "ListDeadLetterSourceQueues"],
];

function sqs({ action, params }: AwsRequest, owner: Owner): Access[] | undefined {
  const arn = (name: string, account = owner.account) => `arn:aws:sqs:${owner.region}:${account}:${name}`;
  // A batch needs the permission of the single action.
  const single = action.replace(/Batch$/, "");
  if (queueActions.includes(single)) {
    const [name = "", account] = (text(params.QueueUrl) ?? "").split("/").reverse();
    const created = text(params.QueueName);
    const resource = created === undefined ? arn(name, account) : arn(created);
    return [{ action: `sqs:${single}`, resource }, ...keyAccesses(single, resource, owner)];
  }
  return action === "ListQueues" ? [{ action: "sqs:ListQueues", resource: arn("*") }] : undefined;
}

/**
 * Whoever sends to an encrypted queue or receives from it needs its key as well. Keys that are not of this app are AWS's
 * own for most users, and those let everybody in who may use the queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
function keyAccesses(action: string, queueArn: string, { queues = [] }: Owner): Access[] {
  const key = queues.find(({ arn }) => arn === queueArn)?.key;
  if (key?.policy === undefined) return [];
  const needed: Record<string, string[]> = {
    SendMessage: ["kms:GenerateDataKey", "kms:Decrypt"],
    ReceiveMessage: ["kms:Decrypt"],
  };
  return (needed[action] ?? []).map((name) => ({ action: name, resource: key.id, via: "sqs" }));
}

const topicActions = [
  ...["Publish", "Subscribe", "GetTopicAttributes", "SetTopicAttributes", "CreateTopic", "DeleteTopic"],
  ...["ListSubscriptionsByTopic", "TagResource", "UntagResource", "ListTagsForResource"],
  ...["Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"],
];

function sns({ action, params }: AwsRequest, owner: Owner): Access[] | undefined {
  const single = action.replace(/Batch$/, "");
  if (topicActions.includes(single)) {
    const name = text(params.Name);
    const resource =
      text(params.TopicArn) ??
      text(params.TargetArn) ??
      text(params.ResourceArn) ??
      text(params.SubscriptionArn)?.replace(/:[^:]*$/, "") ??
      (name === undefined ? "*" : `arn:aws:sns:${owner.region}:${owner.account}:${name}`);
    return [{ action: `sns:${single}`, resource }];
  }
  const lists = ["ListTopics", "ListSubscriptions"];
  return lists.includes(action) ? [{ action: `sns:${action}`, resource: "*" }] : undefined;
}

function events({ action, params }: AwsRequest, owner: Owner): Access[] | undefined {
  const one = (resource: string) => [{ action: `events:${action}`, resource }];
  const named = (kind: string, name: unknown) =>
    `arn:aws:events:${owner.region}:${owner.account}:${kind}/${text(name) ?? "*"}`;
  switch (action) {
    case "TestEventPattern":
    case "ListArchives":
    case "ListReplays":
    case "ListRuleNamesByTarget":
      return one("*");
    case "DescribeArchive":
      return one(named("archive", params.ArchiveName));
    case "StartReplay":
      return [...one(text(params.EventSourceArn) ?? "*"), ...one(named("replay", params.ReplayName))];
    case "DescribeReplay":
    case "CancelReplay":
      return one(named("replay", params.ReplayName));
    case "PutEvents": {
      const buses = new Set(objects(params.Entries).map(({ EventBusName }) => text(EventBusName) ?? "default"));
      return [...buses].flatMap((bus) => one(bus.startsWith("arn:") ? bus : named("event-bus", bus)));
    }
    default:
      return undefined;
  }
}
