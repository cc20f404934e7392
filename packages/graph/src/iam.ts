import type { PolicyStatement } from "./graph.ts";

/** A request as a policy sees it. */
export interface Call {
  /** `sqs:SendMessage`; case does not matter, as in IAM. */
  action: string;
  /** An ARN, or `*` for actions that concern no single resource. Absent when a role is assumed: a trust policy names no resource. */
  resource?: string;
  /** The caller; only policies that name principals look at it. */
  principal?: Principal;
  /** Condition keys in lower case and their values, e.g. `aws:sourcearn`. */
  context: Record<string, string>;
}

export interface Principal {
  /** `AWS` or `Service` */
  type: string;
  /** ARN of a role or a user, or `sns.amazonaws.com`. */
  identifier: string;
}

export type Decision = "allow" | "implicit-deny" | "explicit-deny";

const elements = ["effect", "actions", "notActions", "resources", "notResources", "principals", "conditions"];
const conditionOperators = ["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"];
const conditionKeys = [
  ...["aws:sourcearn", "aws:sourceaccount", "aws:securetransport", "aws:requestedregion"],
  ...["kms:viaservice", "kms:encryptioncontext:aws:logs:arn"],
];

/**
 * Decides a call by the statements of one policy: an explicit deny wins, then any allow, else it is denied. The rules,
 * the reachability and the local gateway all ask this function.
 *
 * @throws Error for a statement that it does not understand (`misunderstood`): a guess would allow what AWS denies
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: PolicyStatement[], call: Call): Decision {
  for (const statement of statements) {
    const problems = misunderstood(statement);
    if (call.resource !== undefined && !statement.resources.length && !statement.notResources?.length)
      problems.push("no resources");
    if (problems.length > 0)
      throw new Error(`A policy statement is not understood (${problems.join("; ")}): ${JSON.stringify(statement)}`);
  }
  const matching = statements.filter((statement) => matches(statement, call));
  if (matching.some(({ effect }) => effect === "Deny")) return "explicit-deny";
  return matching.length > 0 ? "allow" : "implicit-deny";
}

/** Whether the statements allow a call, and none denies it. */
export function allows(statements: PolicyStatement[], call: Call): boolean {
  return decide(statements, call) === "allow";
}

/**
 * What a call carries that a service makes for the app, on behalf of one of its resources.
 *
 * @param service `sns.amazonaws.com`, `events.amazonaws.com`
 * @param sourceArn ARN of the topic or the rule, which AWS puts into `aws:SourceArn`
 */
export function fromService(place: { account: string; region: string }, service: string, sourceArn: string) {
  return {
    principal: { type: "Service", identifier: service },
    context: { ...contextIn(place), "aws:sourcearn": sourceArn, "aws:sourceaccount": place.account },
  };
}

/** The condition keys that every call within the account carries. */
export function contextIn({ region }: { region: string }): Record<string, string> {
  return { "aws:securetransport": "true", "aws:requestedregion": region };
}

/** The condition key that says which service uses a KMS key in a caller's name, as `sqs`. */
export const viaService = (service: string, { region }: { region: string }): Record<string, string> => ({
  "kms:viaservice": `${service}.${region}.amazonaws.com`,
});

/** Names what in a statement this evaluator does not understand; empty when it understands all of it. */
export function misunderstood(statement: PolicyStatement): string[] {
  const problems = Object.keys(statement).filter((element) => !elements.includes(element));
  if (statement.effect !== "Allow" && statement.effect !== "Deny") problems.push(`effect ${statement.effect}`);
  const { actions, notActions = [], resources, notResources = [], conditions = {} } = statement;
  if (actions.length + notActions.length === 0) problems.push("no actions");
  if (actions.length > 0 && notActions.length > 0) problems.push("both Action and NotAction");
  if (resources.length > 0 && notResources.length > 0) problems.push("both Resource and NotResource");
  for (const pattern of [...actions, ...notActions, ...resources, ...notResources]) {
    if (typeof pattern !== "string") problems.push(`a value that is no string: ${JSON.stringify(pattern)}`);
    else if (pattern.includes("${")) problems.push(`policy variable in ${pattern}`);
  }
  for (const [operator, tests] of Object.entries(conditions)) {
    if (!conditionOperators.includes(operator)) problems.push(`condition operator ${operator}`);
    for (const [key, values] of Object.entries(tests)) {
      if (!conditionKeys.includes(key.toLowerCase())) problems.push(`condition key ${key}`);
      for (const value of values) if (value.includes("${")) problems.push(`policy variable in ${value}`);
    }
  }
  return problems;
}

function matches(statement: PolicyStatement, { action, resource, principal, context }: Call): boolean {
  const { actions, notActions = [], resources, notResources = [], conditions = {} } = statement;
  const names = (patterns: string[]) =>
    patterns.some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase()));
  const covers = (patterns: string[]) => patterns.some((pattern) => wildcard(pattern, resource ?? ""));
  return (
    (notActions.length > 0 ? !names(notActions) : names(actions)) &&
    (resource === undefined || (notResources.length > 0 ? !covers(notResources) : covers(resources))) &&
    includesPrincipal(statement, principal) &&
    Object.entries(conditions).every(([operator, tests]) =>
      Object.entries(tests).every(([key, values]) => conditionHolds(operator, key, values, context)),
    )
  );
}

/** A statement without principals is one of an identity's own policy, which speaks of that identity. */
function includesPrincipal({ principals = [] }: PolicyStatement, caller: Principal | undefined): boolean {
  if (principals.length === 0) return true;
  return principals.some(
    ({ type, identifiers }) =>
      ((type === "*" || type === "AWS") && identifiers.includes("*")) ||
      (type === caller?.type && identifiers.some((identifier) => isPrincipal(identifier, caller))),
  );
}

/** An account, by its id or as `arn:aws:iam::ID:root`, stands for every identity in it. */
function isPrincipal(identifier: string, caller: Principal): boolean {
  if (identifier === caller.identifier) return true;
  if (caller.type !== "AWS") return identifier === "*";
  const account = caller.identifier.split(":")[4];
  return account !== undefined && [account, `arn:aws:iam::${account}:root`].includes(identifier);
}

/** A condition on a key that the call lacks does not hold. */
function conditionHolds(operator: string, key: string, values: string[], context: Record<string, string>): boolean {
  const actual = context[key.toLowerCase()];
  if (actual === undefined) return false;
  switch (operator) {
    case "StringEquals":
      return values.includes(actual);
    case "Bool":
      return values.some((value) => value.toLowerCase() === actual.toLowerCase());
    default:
      // StringLike; and ArnEquals and ArnLike, which IAM treats alike.
      return values.some((value) => wildcard(value, actual));
  }
}

/** Whether `text` matches `pattern`, in which `*` stands for any characters and `?` for one, as in IAM. */
export function wildcard(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
