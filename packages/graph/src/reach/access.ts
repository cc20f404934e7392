import type { Graph, GraphResource, PolicyStatement } from "../graph.ts";
import { allows, contextIn, fromService, misunderstood } from "../iam.ts";
import { parsePolicy } from "../policy.ts";
import { aws, byArn, list, ofType, text } from "../resource.ts";

/** The statements of a policy that can be evaluated; `iam.understood` reports the others. */
export function statementsOf(policy: unknown): PolicyStatement[] {
  return readable(policy).filter((statement) => misunderstood(statement).length === 0);
}

/** What in a policy cannot be evaluated; nothing for no policy. */
export function beyondReading(policy: unknown): string[] {
  try {
    return parsePolicy(policy).flatMap(misunderstood);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** None of a text that is no policy, which `iam.understood` reports. */
function readable(policy: unknown): PolicyStatement[] {
  try {
    return parsePolicy(policy);
  } catch {
    return [];
  }
}

/** Everything a queue's policies say: those inside it and those beside it. */
export function queuePolicies(graph: Graph, queue: GraphResource): PolicyStatement[] {
  const beside = ofType(graph, aws.queuePolicy).filter(
    ({ inputs }) => inputs.queueUrl === queue.outputs.url || inputs.queueUrl === queue.outputs.id,
  );
  return [queue.inputs.policy, ...beside.map(({ inputs }) => inputs.policy)].flatMap(statementsOf);
}

export function roleByArn(graph: Graph, arn: unknown): GraphResource | undefined {
  return byArn(graph, aws.role, arn);
}

/** What a role may do by the policies that the app itself writes: inside it and beside it. */
function roleStatements(graph: Graph, role: GraphResource): PolicyStatement[] {
  const name = text(role.inputs.name) ?? text(role.outputs.name);
  const beside = ofType(graph, aws.rolePolicy).filter(({ inputs }) => inputs.role === name);
  return [...inlinePolicies(role), ...beside.map(({ inputs }) => inputs.policy)].flatMap(statementsOf);
}

export function inlinePolicies({ inputs }: GraphResource): unknown[] {
  return list<{ policy: unknown }>(inputs.inlinePolicies).map((inline) => inline.policy);
}

/** Each call on each resource that a role's policies allow, before anything is denied. */
export function rightsOf(graph: Graph, role: GraphResource | undefined): { call: string; arn: string }[] {
  return (role ? roleStatements(graph, role) : [])
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions, resources }) => actions.flatMap((call) => resources.map((arn) => ({ call, arn }))));
}

/** What Lambda itself does, with a consumer's role and from outside its VPC, for a queue that is mapped to it. */
export const pollerActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Whether a role allows a service to assume it. */
export function trusts(graph: Graph, role: GraphResource, service: string): boolean {
  return allows(statementsOf(role.inputs.assumeRolePolicy), {
    action: "sts:AssumeRole",
    principal: { type: "Service", identifier: service },
    context: { ...contextIn(graph), "aws:sourceaccount": graph.account },
  });
}

/** Whether a role may make a call by the policies that the app itself writes. */
export function mayCall(graph: Graph, role: GraphResource, call: { action: string; resource: string }): boolean {
  return allows(roleStatements(graph, role), { ...call, context: contextIn(graph) });
}

/** Whether a queue's policy allows a service to send to it, on behalf of a topic or a rule. */
export function maySend(graph: Graph, queue: GraphResource, service: string, sourceArn: string): boolean {
  return allows(queuePolicies(graph, queue), {
    action: "sqs:SendMessage",
    resource: String(queue.outputs.arn),
    ...fromService(graph, service, sourceArn),
  });
}

/** What lets a service invoke a function. */
export function permissionsOf(graph: Graph, fn: GraphResource, service: string): GraphResource[] {
  return ofType(graph, aws.permission).filter(
    ({ inputs }) => inputs.principal === service && [fn.inputs.name, fn.outputs.arn].includes(inputs.function),
  );
}
