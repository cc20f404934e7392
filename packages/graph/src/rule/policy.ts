import type { Graph, GraphResource, PolicyStatement } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { ofType, text } from "./rule.ts";

/** The statements of a policy; none of one that is no policy, which `iam.policy` and its like say. */
export function statementsOf(policy: unknown): PolicyStatement[] {
  try {
    return parsePolicy(policy);
  } catch {
    return [];
  }
}

/** Whether somebody may do something, by statements like those. Conditions other than on the source count as met. */
export function allows(
  statements: PolicyStatement[],
  call: { action: string; resource: string; service?: string; sourceArn?: string },
): boolean {
  const matching = statements.filter(
    (statement) =>
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), call.action.toLowerCase())) &&
      statement.resources.some((pattern) => matches(pattern, call.resource)) &&
      (call.service === undefined || names(statement, call.service)) &&
      sourceFits(statement, call.sourceArn),
  );
  return matching.some(({ effect }) => effect === "Allow") && !matching.some(({ effect }) => effect === "Deny");
}

function names({ principals = [] }: PolicyStatement, service: string): boolean {
  return principals.some(
    ({ type, identifiers }) =>
      type === "*" || identifiers.includes("*") || (type === "Service" && identifiers.includes(service)),
  );
}

function sourceFits({ conditions = {} }: PolicyStatement, sourceArn: string | undefined): boolean {
  if (sourceArn === undefined) return true;
  return Object.values(conditions).every((tests) =>
    Object.entries(tests).every(
      ([key, values]) => key.toLowerCase() !== "aws:sourcearn" || values.some((value) => matches(value, sourceArn)),
    ),
  );
}

/** `*` stands for any characters, `?` for one, as in IAM. */
export function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
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

export function roleName(role: GraphResource): string | undefined {
  return text(role.inputs.name) ?? text(role.outputs.name);
}

/** Whether a role lets a service take it on. */
export function trusts(role: GraphResource, service: string): boolean {
  return statementsOf(role.inputs.assumeRolePolicy).some(
    (statement) =>
      statement.effect === "Allow" &&
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), "sts:assumerole")) &&
      names(statement, service),
  );
}
