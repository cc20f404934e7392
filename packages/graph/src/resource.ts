import type { Graph, GraphResource } from "./graph.ts";

/** Pulumi's names of the resource types that the rules, the reach and the views look at. */
export const aws = {
  alias: "aws:kms/alias:Alias",
  api: "aws:apigatewayv2/api:Api",
  archive: "aws:cloudwatch/eventArchive:EventArchive",
  authorizer: "aws:apigatewayv2/authorizer:Authorizer",
  bus: "aws:cloudwatch/eventBus:EventBus",
  defaultSecurityGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  function: "aws:lambda/function:Function",
  instance: "aws:rds/instance:Instance",
  integration: "aws:apigatewayv2/integration:Integration",
  invocation: "aws:lambda/invocation:Invocation",
  key: "aws:kms/key:Key",
  keyPolicy: "aws:kms/keyPolicy:KeyPolicy",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  mapping: "aws:lambda/eventSourceMapping:EventSourceMapping",
  parameterGroup: "aws:rds/parameterGroup:ParameterGroup",
  permission: "aws:lambda/permission:Permission",
  proxy: "aws:rds/proxy:Proxy",
  proxyTarget: "aws:rds/proxyTarget:ProxyTarget",
  queue: "aws:sqs/queue:Queue",
  queuePolicy: "aws:sqs/queuePolicy:QueuePolicy",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  rolePolicyAttachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  route: "aws:apigatewayv2/route:Route",
  rule: "aws:cloudwatch/eventRule:EventRule",
  schedule: "aws:scheduler/schedule:Schedule",
  secret: "aws:secretsmanager/secret:Secret",
  subnet: "aws:ec2/subnet:Subnet",
  subnetGroup: "aws:rds/subnetGroup:SubnetGroup",
  subscription: "aws:sns/topicSubscription:TopicSubscription",
  table: "aws:dynamodb/table:Table",
  target: "aws:cloudwatch/eventTarget:EventTarget",
  topic: "aws:sns/topic:Topic",
  topicPolicy: "aws:sns/topicPolicy:TopicPolicy",
  userPool: "aws:cognito/userPool:UserPool",
  userPoolClient: "aws:cognito/userPoolClient:UserPoolClient",
  vpc: "aws:ec2/vpc:Vpc",
} as const;

export function ofType({ resources }: Pick<Graph, "resources">, type: string): GraphResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The resource of a type that the provider answers with this ARN. */
export function byArn(graph: Pick<Graph, "resources">, type: string, arn: unknown): GraphResource | undefined {
  return ofType(graph, type).find(({ outputs }) => outputs.arn === arn);
}

/** A property by its path, `scalingConfig.maximumConcurrency`, also inside JSON text; `undefined` when it is not set. */
export function at(resource: GraphResource, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => json(value)?.[key], resource.inputs);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A list whose items are what the caller knows them to be; an empty one for anything else. */
export function list<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? value : [];
}

/** JSON text as an object, or the object itself; `undefined` for anything else. */
export function json(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** An object, or an empty one in place of anything else. */
export function record(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

export function records(value: unknown): Record<string, unknown>[] {
  return list(value).map(record);
}

export function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
