import type { Graph, GraphResource, PolicyStatement } from "../graph.ts";
import { allows, contextIn, fromService, misunderstood } from "../iam.ts";
import { parsePolicy } from "../policy.ts";
import { ofType, text } from "../rule/rule.ts";

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
  const beside = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").filter(
    ({ inputs }) => inputs.queueUrl === queue.outputs.url || inputs.queueUrl === queue.outputs.id,
  );
  return [queue.inputs.policy, ...beside.map(({ inputs }) => inputs.policy)].flatMap(statementsOf);
}

export function roleByArn(graph: Graph, arn: unknown): GraphResource | undefined {
  return ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn);
}

/** What a role may do by the policies that the app itself writes: inside it and beside it. */
export function roleStatements(graph: Graph, role: GraphResource): PolicyStatement[] {
  const inline = Array.isArray(role.inputs.inlinePolicies) ? role.inputs.inlinePolicies : [];
  const beside = ofType(graph, "aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs.role === roleName(role));
  return [
    ...inline.map((item) => (item as { policy?: unknown }).policy),
    ...beside.map(({ inputs }) => inputs.policy),
  ].flatMap(statementsOf);
}

function roleName(role: GraphResource): string | undefined {
  return text(role.inputs.name) ?? text(role.outputs.name);
}

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
