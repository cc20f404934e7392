import type { Graph, GraphFunction, GraphResource, PolicyStatement } from "../graph.ts";
import { allows, type Call, contextIn, decide, fromService, viaService } from "../iam.ts";
import { queuePolicies, statementsOf } from "../reach/access.ts";
import { at, aws, byArn, ofType, text } from "../resource.ts";
import { each, finding, type Rule } from "./rule.ts";

/*
 * Encryption at rest with a key of the app, and on the way. What a key must allow follows from what it encrypts.
 */

const kms = "https://docs.aws.amazon.com/kms/latest/developerguide";
const sqsKeys = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html";

/** Where each type of store names its key. */
const keyAt: Record<string, string> = {
  [aws.table]: "serverSideEncryption.kmsKeyArn",
  [aws.queue]: "kmsMasterKeyId",
  [aws.topic]: "kmsMasterKeyId",
  [aws.bus]: "kmsKeyIdentifier",
  [aws.archive]: "kmsKeyIdentifier",
  [aws.instance]: "kmsKeyId",
  [aws.logGroup]: "kmsKeyId",
  [aws.secret]: "kmsKeyId",
};

/** What a message needs to be encrypted, and to be read. */
const use = ["kms:GenerateDataKey", "kms:Decrypt"];

export const encryptionRules: Rule[] = [
  each(aws.key, {
    name: "kms.rotation",
    says: "A key gets new material each year.",
    page: `${kms}/rotate-keys.html`,
    fault: ({ inputs }) => inputs.enableKeyRotation !== true && "enableKeyRotation is off. Turn it on.",
  }),
  each(aws.key, {
    name: "kms.deletion",
    says: "In a protected stage a key outlives the stage, and its deletion can be called off for 30 days: nothing that it encrypted, backups included, can be read without it.",
    page: `${kms}/deleting-keys.html`,
    fault({ inputs, options }, graph) {
      if (!graph.protect) return undefined;
      const days = Number(inputs.deletionWindowInDays ?? 30);
      if (days < 30) return `deletionWindowInDays is ${days}. Set 30, the longest.`;
      return !options.retainOnDelete && "It would go with the stage. Set retainOnDelete.";
    },
  }),
  {
    name: "kms.at-rest",
    says: "In a protected stage a key of the app encrypts every table, queue, topic, bus, archive, database, log group and secret.",
    page: `${kms}/service-integration.html`,
    check: (graph) =>
      graph.protect
        ? Object.entries(keyAt).flatMap(([type, path]) =>
            ofType(graph, type)
              .filter((store) => keyOf(graph, store) === undefined)
              .map((store) => finding(store, `${path} names no key of this app. Give it the stage's own.`)),
          )
        : [],
  },
  {
    name: "kms.service",
    says: "A key's policy lets in the services that use it in nobody's name: those that put messages into queues, match events and write logs.",
    page: sqsKeys,
    check: (graph) =>
      serviceUses(graph).flatMap(({ store, service, actions, asks }) => {
        const key = keyOf(graph, store);
        if (!key) return [];
        const missing = actions.filter(
          (action) => !allows(policyOf(graph, key), { action, resource: text(key.outputs.arn) ?? "", ...asks }),
        );
        return missing.length === 0
          ? []
          : [
              finding(
                store,
                `The policy of ${key.name} does not let ${service} ${missing.join(" and ")}. Add it there.`,
              ),
            ];
      }),
  },
  {
    name: "kms.caller",
    says: "A function's role may use a key through the services whose encrypted things it works on, for what they need, and for nothing else.",
    page: sqsKeys,
    check: (graph) =>
      graph.functions.flatMap((fn) => {
        const resource = byArn(graph, aws.function, fn.arn);
        if (!resource) return [];
        const needed = callerUses(graph, fn);
        const missing = needed.filter((each) => !mayUse(graph, fn, each));
        const known = new Set(needed.map(({ action, service, arn }) => `${action} ${service} ${arn}`));
        const spare = keyRights(graph, fn).filter(({ action, services, arn }) =>
          services.length === 0 ? true : services.some((service) => !known.has(`${action} ${service} ${arn}`)),
        );
        return [
          ...missing.map(({ action, service }) =>
            finding(resource, `Its role lacks ${action} through ${service}, which encrypts what it works on. Add it.`),
          ),
          ...spare.map(({ action, services }) =>
            finding(
              resource,
              `Its role may ${action} through ${services.join(", ") || "any service, and by itself"}, which nothing it works on needs. Remove it.`,
            ),
          ),
        ];
      }),
  },
  each(aws.queue, {
    name: "sqs.tls",
    says: "In a protected stage a queue refuses whoever comes without TLS: SQS listens without, too.",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    fault: (queue, graph) => graph.protect && withoutTls(graph, queuePolicies(graph, queue), queue, "sqs:SendMessage"),
  }),
  each(aws.topic, {
    name: "sns.tls",
    says: "In a protected stage a topic that functions publish to refuses whoever comes without TLS: SNS listens without, too.",
    page: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    fault(topic, graph) {
      const published = graph.functions.some(({ statements }) =>
        statements.some(({ resources }) => resources.includes(String(topic.outputs.arn))),
      );
      if (!graph.protect || !published) return undefined;
      const beside = ofType(graph, aws.topicPolicy).filter(({ inputs }) => inputs.arn === topic.outputs.arn);
      const policies = [topic.inputs.policy, ...beside.map(({ inputs }) => inputs.policy)].flatMap(statementsOf);
      return withoutTls(graph, policies, topic, "sns:Publish");
    },
  }),
];

function withoutTls(graph: Graph, statements: PolicyStatement[], { outputs }: GraphResource, action: string) {
  const context = { ...contextIn(graph), "aws:securetransport": "false" };
  const principal = { type: "AWS", identifier: `arn:aws:iam::${graph.account}:root` };
  const decision = decide(statements, { action, resource: String(outputs.arn), principal, context });
  return (
    decision !== "explicit-deny" &&
    "Its policy lets whoever may come without TLS. Deny that: aws:SecureTransport false."
  );
}

/** The app's key that a store names, by id, ARN or alias. */
function keyOf(graph: Graph, store: GraphResource): GraphResource | undefined {
  const reference = at(store, keyAt[store.type] ?? "");
  if (reference === undefined) return undefined;
  const names = ({ outputs }: GraphResource, ...fields: string[]) => fields.map((field) => outputs[field]);
  const alias = ofType(graph, aws.alias).find((each) => names(each, "name", "arn").includes(reference));
  const meant = alias === undefined ? reference : alias.inputs.targetKeyId;
  return ofType(graph, aws.key).find((each) => names(each, "keyId", "arn").includes(meant));
}

function policyOf(graph: Graph, key: GraphResource): PolicyStatement[] {
  const beside = ofType(graph, aws.keyPolicy).find(({ inputs }) =>
    [key.outputs.keyId, key.outputs.arn].includes(inputs.keyId),
  );
  return statementsOf(beside?.inputs.policy ?? key.inputs.policy);
}

interface ServiceUse {
  store: GraphResource;
  service: string;
  actions: string[];
  /** As whom, and in which context. */
  asks: Pick<Call, "principal" | "context">;
}

/** What services do with what is encrypted, in nobody's name. */
function serviceUses(graph: Graph): ServiceUse[] {
  const into = (arn: string | undefined, service: string, sourceArn: string): ServiceUse[] => {
    const store = byArn(graph, aws.queue, arn);
    return store ? [{ store, service, actions: use, asks: fromService(graph, service, sourceArn) }] : [];
  };
  const eventBridge = "events.amazonaws.com";
  const logs = `logs.${graph.region}.amazonaws.com`;
  return [
    ...graph.subscriptions.flatMap(({ topicArn, endpoint, deadLetterArn }) =>
      [endpoint, deadLetterArn].flatMap((arn) => into(arn, "sns.amazonaws.com", topicArn)),
    ),
    ...graph.rules.flatMap(({ arn: rule, targets }) =>
      targets.flatMap(({ arn, deadLetterArn }) => [arn, deadLetterArn].flatMap((to) => into(to, eventBridge, rule))),
    ),
    ...[...ofType(graph, aws.bus), ...ofType(graph, aws.archive)].map((store) => ({
      store,
      service: eventBridge,
      actions: [...use, "kms:DescribeKey"],
      asks: fromService(graph, eventBridge, String(store.outputs.arn)),
    })),
    ...alarmTopics(graph).map(({ store, alarm }) => ({
      store,
      service: "cloudwatch.amazonaws.com",
      actions: use,
      asks: fromService(graph, "cloudwatch.amazonaws.com", alarm),
    })),
    ...ofType(graph, aws.logGroup).map((store) => ({
      store,
      service: logs,
      actions: [...use, "kms:Encrypt", "kms:DescribeKey"],
      asks: {
        principal: { type: "Service", identifier: logs },
        context: { ...contextIn(graph), "kms:encryptioncontext:aws:logs:arn": String(store.outputs.arn) },
      },
    })),
  ];
}

function alarmTopics(graph: Graph) {
  const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");
  return ofType(graph, aws.topic).flatMap((store) => {
    const alarm = alarms.find(({ inputs }) => [inputs.alarmActions].flat().includes(store.outputs.arn));
    return alarm ? [{ store, alarm: String(alarm.outputs.arn) }] : [];
  });
}

interface CallerUse {
  action: string;
  service: string;
  arn: string;
}

/** By action of a right: the type of what it is on, and what the service does with its key in the caller's name. */
const callerNeeds: [right: RegExp, type: string, service: string, actions: string[]][] = [
  [/^dynamodb:/, aws.table, "dynamodb", ["kms:Decrypt"]],
  [/^sqs:ReceiveMessage$/, aws.queue, "sqs", ["kms:Decrypt"]],
  [/^sqs:SendMessage$/, aws.queue, "sqs", use],
  [/^sns:Publish$/, aws.topic, "sns", use],
];

function callerUses(graph: Graph, { statements }: GraphFunction): CallerUse[] {
  const uses = statements.flatMap(({ effect, actions, resources }) =>
    effect === "Deny"
      ? []
      : callerNeeds.flatMap(([right, type, service, needed]) => {
          if (!actions.some((action) => right.test(action))) return [];
          return resources.flatMap((resource) => {
            const store = byArn(graph, type, resource.replace(/\/index\/.*$/, ""));
            const key = store && keyOf(graph, store);
            return key ? needed.map((action) => ({ action, service, arn: String(key.outputs.arn) })) : [];
          });
        }),
  );
  return [...new Map(uses.map((each) => [JSON.stringify(each), each])).values()];
}

function mayUse(graph: Graph, { statements }: GraphFunction, { action, service, arn }: CallerUse): boolean {
  return allows(statements, { action, resource: arn, context: { ...contextIn(graph), ...viaService(service, graph) } });
}

/** What a role may do with keys, and through which services; none named means every way. */
function keyRights(graph: Graph, { statements }: GraphFunction) {
  const host = `.${graph.region}.amazonaws.com`;
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions, resources, conditions = {} }) => {
      const named = Object.entries(conditions.StringEquals ?? {}).find(
        ([key]) => key.toLowerCase() === "kms:viaservice",
      );
      const services = (named?.[1] ?? []).map((value) => value.replace(host, ""));
      return actions
        .filter((action) => action.startsWith("kms:"))
        .flatMap((action) => resources.map((arn) => ({ action, services, arn })));
    });
}
