/**
 * The resource graph of one stage: everything that `sst deploy` would create, as data.
 *
 * `resources` is the whole truth, as Pulumi received it. The other fields are views on it, typed, for those who run,
 * test or draw the system. All values are plain JSON. Names, ARNs and URLs are shaped as AWS shapes them
 * (`arn:aws:sqs:us-east-1:123456789012:shop-dev-Orders`), with no random suffix.
 */
export interface Graph {
  app: string;
  stage: string;
  /** Whether it is what `sst dev` deploys (`$dev`), not what `sst deploy` does. */
  dev: boolean;
  region: string;
  /** Twelve digits. */
  account: string;
  /** The accounts that the provider agrees to deploy to (`allowedAccountIds`); absent when any will do. */
  allowedAccounts?: string[];
  /** Whether the region is in the configuration, so that no shell can change it; absent when it is not. */
  regionPinned?: boolean;
  /** Whether sst.config.ts protects the stage (`protect`): it keeps its data, and what endangers that data is a finding. */
  protect?: boolean;
  resources: GraphResource[];
  functions: GraphFunction[];
  /** What `Resource.<name>` holds, by name, for every link in the app. */
  links: Record<string, Record<string, unknown>>;
  tables: GraphTable[];
  queues: GraphQueue[];
  topics: GraphTopic[];
  subscriptions: GraphSubscription[];
  buses: GraphBus[];
  rules: GraphRule[];
  archives: GraphArchive[];
  mappings: GraphMapping[];
  apis: GraphApi[];
  /** Issuers of tokens that the app makes for itself. */
  userPools: GraphUserPool[];
  schedules: GraphSchedule[];
  /** Functions that the deployment itself invokes, in this order, whenever `triggers` change. */
  invocations: GraphInvocation[];
  databases: GraphDatabase[];
}

/** One Pulumi resource. */
export interface GraphResource {
  /** Pulumi type token, e.g. `aws:sqs/queue:Queue` or `sst:aws:Queue`. */
  type: string;
  /** Logical name, unique within the type. */
  name: string;
  urn: string;
  /** Name of the parent component; absent at the top of the stack. */
  parent?: string;
  inputs: Record<string, unknown>;
  /** What the provider would answer beyond the inputs: id, arn, url, … */
  outputs: Record<string, unknown>;
  /** Pulumi options that matter to a reader: `protect`, `retainOnDelete`, `dependsOn` (URNs it waits for, stated or by use of a value). */
  options: { protect?: boolean; retainOnDelete?: boolean; dependsOn?: string[] };
}

export interface PolicyStatement {
  effect: "Allow" | "Deny";
  actions: string[];
  /** Every action but these, in place of `actions`. */
  notActions?: string[];
  resources: string[];
  /** Every resource but these, in place of `resources`. */
  notResources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  /** As in the policy's JSON: operator → key → values. */
  conditions?: Record<string, Record<string, string[]>>;
}

export interface GraphFunction {
  /** Component name in sst.config.ts, e.g. `worker`. */
  name: string;
  /** Name on AWS. */
  functionName: string;
  arn: string;
  /** `packages/functions/src/….handler`, relative to the repository. */
  handler: string;
  runtime: string;
  architectures: string[];
  memoryMb: number;
  timeoutSeconds: number;
  /** Environment variables as AWS would hold them. The links' values are not in it: they lie encrypted beside the code, `SST_KEY` opens them. */
  environment: Record<string, string>;
  /** Names of the links this function has; values are in `Graph.links`. */
  links: string[];
  /** Statements of the function's role: inline policies. */
  statements: PolicyStatement[];
  /** ARNs of AWS-managed policies attached to the role. */
  managedPolicies: string[];
  reservedConcurrency?: number;
  vpc?: { subnetIds: string[]; securityGroupIds: string[] };
  /** What SST's `Runtime.Build` was asked for: `nodejs` properties and `copyFiles`, for the bundler. */
  build: { nodejs: Record<string, unknown>; copyFiles: { from: string; to?: string }[]; bundle?: string };
}

export interface GraphTable {
  name: string;
  tableName: string;
  arn: string;
  attributes: { name: string; type: "S" | "N" | "B" }[];
  hashKey: string;
  rangeKey?: string;
  globalIndexes: {
    name: string;
    hashKey: string;
    rangeKey?: string;
    projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
    nonKeyAttributes?: string[];
  }[];
  ttlAttribute?: string;
}

export interface GraphQueue {
  name: string;
  queueName: string;
  arn: string;
  url: string;
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  retentionSeconds: number;
  delaySeconds: number;
  /** Body and attributes together. */
  maxMessageBytes: number;
  redrive?: { deadLetterArn: string; maxReceiveCount: number };
  /** The queue's own resource policy: who else may send to it. */
  policy: PolicyStatement[];
  /** The KMS key that its messages are encrypted with; absent for SQS's own encryption or none. */
  key?: GraphKey;
}

/** A KMS key as one of its users names it. */
export interface GraphKey {
  /** ARN, or the id or alias of a key that is not of this app. */
  id: string;
  /** Who may use it: the key's own policy. Absent for a key that is not of this app, such as `alias/aws/sqs`. */
  policy?: PolicyStatement[];
}

export interface GraphTopic {
  name: string;
  topicName: string;
  arn: string;
}

export interface GraphSubscription {
  name: string;
  topicArn: string;
  protocol: string;
  endpoint: string;
  rawMessageDelivery: boolean;
  filterPolicy?: Record<string, unknown>;
  filterPolicyScope?: "MessageAttributes" | "MessageBody";
  deadLetterArn?: string;
}

export interface GraphBus {
  name: string;
  busName: string;
  arn: string;
}

export interface GraphRule {
  name: string;
  ruleName: string;
  arn: string;
  busName: string;
  pattern: Record<string, unknown>;
  targets: {
    arn: string;
    deadLetterArn?: string;
    retry?: { maximumEventAgeSeconds?: number; maximumAttempts?: number };
  }[];
}

/** What keeps the events of a bus, for replay. */
export interface GraphArchive {
  name: string;
  archiveName: string;
  arn: string;
  busArn: string;
  /** Which events are kept; all without one. */
  pattern?: Record<string, unknown>;
  /** How long they are kept; for ever without it. */
  retentionDays?: number;
}

/** A Lambda event source mapping from a queue. */
export interface GraphMapping {
  name: string;
  queueArn: string;
  functionArn: string;
  batchSize: number;
  windowSeconds: number;
  maximumConcurrency?: number;
  partialResponses: boolean;
}

export interface GraphApi {
  name: string;
  apiName: string;
  cors?: Record<string, unknown>;
  routes: {
    /** `$default`, or `METHOD /path` as in API Gateway. */
    routeKey: string;
    functionArn: string;
    /** Who may call it; everybody without one. */
    authorizer?: GraphAuthorizer;
  }[];
}

/** What API Gateway asks of a request before a route's function sees it. */
export type GraphAuthorizer =
  | {
      type: "JWT";
      /** URL under which `/.well-known/openid-configuration` stands; what a token's `iss` must be. */
      issuer: string;
      /** A token's `aud`, or its `client_id` when it has no `aud`, must be one of them. */
      audiences: string[];
      /** Where the token is, e.g. `$request.header.Authorization`. */
      identitySource: string;
      /** A token needs one of them; none for a route that asks for no scope. */
      scopes: string[];
    }
  /** A signature of AWS's, or a function that decides. */
  | { type: "AWS_IAM" | "CUSTOM" };

/** A user pool of Cognito. */
export interface GraphUserPool {
  name: string;
  /** `iss` of its tokens. */
  issuer: string;
  /** Who gets tokens; `id` is in them as `client_id`. */
  clients: { name: string; id: string }[];
}

export interface GraphSchedule {
  name: string;
  /** `rate(…)` or `cron(…)`. */
  expression: string;
  functionArn: string;
  enabled: boolean;
  /** The JSON the target is given, when the schedule states one. */
  input?: unknown;
}

export interface GraphInvocation {
  name: string;
  functionArn: string;
  input: unknown;
  triggers: Record<string, unknown>;
}

/** A MySQL instance on RDS. */
export interface GraphDatabase {
  name: string;
  identifier: string;
  engine: string;
  engineVersion: string;
  /** Host name of the instance, or of the proxy in front of it: what a link's URL holds. */
  hosts: string[];
  port: number;
  username: string;
  password: string;
  /** The database that the instance is made with. */
  database: string;
}
