import type {
  Graph,
  GraphArchive,
  GraphBus,
  GraphQueue,
  GraphRule,
  GraphSubscription,
  GraphTopic,
  PolicyStatement,
} from "@appointments/graph/graph";
import type { Clients } from "../kit/clients.ts";

/**
 * Something that behaves like AWS, with the resources of one test file in it. Its clients have all rights, and do not
 * retry, so that a test sees each answer.
 */
export interface Target extends Clients {
  /** Version of what stands behind, e.g. `fauxqs 2.4.1, dynalite 4.0.0`. */
  version: string;
  /** Endpoint of the AWS calls. */
  url: string;
  region: string;
  account: string;
  graph: Graph;
  /** URL of a queue by its name in the topology. */
  queueUrl: (name: string) => string;
  stop: () => Promise<void>;
}

/** Where resources stand, and the prefix that keeps those of one test file apart from all others. */
export interface Owner {
  region: string;
  account: string;
  prefix: string;
}

/** The resources that a test file works on, as the graph of a stage would describe them. */
export type Topology = (build: Builder) => Partial<Graph>;

type Builder = ReturnType<typeof builder>;

/** Describes resources in short: names and ARNs by `owner`, everything else at AWS's defaults. */
function builder(owner: Owner) {
  const { region, account, prefix } = owner;
  const nameOf = (name: string) => `${prefix}-${name}`;
  const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
  const queueArn = (name: string) => arn("sqs", nameOf(name));
  return {
    ...owner,
    nameOf,
    arn,
    queueArn,
    topicArn: (name: string) => arn("sns", nameOf(name)),
    queue: (name: string, more: Partial<GraphQueue> = {}): GraphQueue => ({
      name,
      queueName: nameOf(name),
      arn: queueArn(name),
      url: `https://sqs.${region}.amazonaws.com/${account}/${nameOf(name)}`,
      fifo: false,
      visibilityTimeoutSeconds: 30,
      retentionSeconds: 345_600,
      delaySeconds: 0,
      maxMessageBytes: 1_048_576,
      policy: [letIn(queueArn(name), "sns.amazonaws.com"), letIn(queueArn(name), "events.amazonaws.com")],
      ...more,
    }),
    topic: (name: string): GraphTopic => ({ name, topicName: nameOf(name), arn: arn("sns", nameOf(name)) }),
    subscription: (topic: string, queue: string, more: Partial<GraphSubscription> = {}): GraphSubscription => ({
      name: `${topic} to ${queue}`,
      topicArn: arn("sns", nameOf(topic)),
      protocol: "sqs",
      endpoint: queueArn(queue),
      rawMessageDelivery: false,
      ...more,
    }),
    bus: (name: string): GraphBus => ({ name, busName: nameOf(name), arn: arn("events", `event-bus/${nameOf(name)}`) }),
    archive: (name: string, bus: string, more: Partial<GraphArchive> = {}): GraphArchive => ({
      name,
      archiveName: nameOf(name),
      arn: arn("events", `archive/${nameOf(name)}`),
      busArn: arn("events", `event-bus/${nameOf(bus)}`),
      ...more,
    }),
    rule: (bus: string, name: string, pattern: Record<string, unknown>, targets: GraphRule["targets"]): GraphRule => ({
      name,
      ruleName: nameOf(name),
      arn: arn("events", `rule/${nameOf(bus)}/${nameOf(name)}`),
      busName: nameOf(bus),
      pattern,
      targets,
    }),
  };
}

/** Lets a service of AWS send to a queue, whatever it sends for. */
export function letIn(queueArn: string, service: string): PolicyStatement {
  return {
    effect: "Allow",
    actions: ["sqs:SendMessage"],
    resources: [queueArn],
    principals: [{ type: "Service", identifiers: [service] }],
  };
}

/** A whole graph of what a test file asks for. */
export function graphOf(owner: Owner, topology: Topology): Graph {
  return {
    app: owner.prefix,
    stage: "fidelity",
    dev: false,
    region: owner.region,
    account: owner.account,
    resources: [],
    functions: [],
    links: {},
    tables: [],
    queues: [],
    topics: [],
    subscriptions: [],
    buses: [],
    rules: [],
    archives: [],
    mappings: [],
    apis: [],
    userPools: [],
    schedules: [],
    invocations: [],
    databases: [],
    ...topology(builder(owner)),
  };
}
