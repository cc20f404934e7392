import type { PolicyStatement } from "@appointments/graph/graph";

/** What somebody wants to do, as a policy sees it. */
export interface Call {
  /** `sqs:SendMessage`; case does not matter, as in IAM. */
  action: string;
  /** An ARN, or `*` for actions that concern no single resource. */
  resource: string;
  /** Who asks; only resource policies look at it. */
  principal?: { type: string; identifier: string };
  /** Condition keys and their values, e.g. `aws:SourceArn`. Names are looked up in lower case. */
  context: Record<string, string>;
}

export type Decision = "allow" | "implicit-deny" | "explicit-deny";

const conditionOperators = ["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"];
const conditionKeys = ["aws:sourcearn", "aws:sourceaccount", "aws:securetransport", "aws:requestedregion"];

/**
 * Decides a call by the given statements: an explicit deny wins, then any allow, else it is denied.
 * Only for statements that `misunderstood` finds nothing in.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: PolicyStatement[], call: Call): Decision {
  const matching = statements.filter((statement) => matches(statement, call));
  if (matching.some((statement) => statement.effect === "Deny")) return "explicit-deny";
  return matching.length > 0 ? "allow" : "implicit-deny";
}

/**
 * Names what in a policy statement is beyond this evaluator; empty when it is understood wholly. Whoever starts a
 * system refuses such a statement: to guess would allow what AWS denies.
 */
export function misunderstood(statement: PolicyStatement): string[] {
  const problems: string[] = [];
  for (const element of Object.keys(statement)) {
    if (!["effect", "actions", "resources", "principals", "conditions"].includes(element)) problems.push(element);
  }
  if (statement.effect !== "Allow" && statement.effect !== "Deny") problems.push(`effect ${statement.effect}`);
  if (statement.actions.length === 0) problems.push("no actions");
  if (statement.resources.length === 0) problems.push("no resources");
  for (const pattern of [...statement.actions, ...statement.resources]) {
    if (typeof pattern !== "string") problems.push(`a value that is no string: ${JSON.stringify(pattern)}`);
    else if (pattern.includes("${")) problems.push(`policy variable in ${pattern}`);
  }
  for (const [operator, tests] of Object.entries(statement.conditions ?? {})) {
    if (!conditionOperators.includes(operator)) problems.push(`condition operator ${operator}`);
    for (const key of Object.keys(tests)) {
      if (!conditionKeys.includes(key.toLowerCase())) problems.push(`condition key ${key}`);
    }
  }
  return problems;
}

function matches(statement: PolicyStatement, call: Call): boolean {
  return (
    statement.actions.some((pattern) => wildcard(pattern.toLowerCase(), call.action.toLowerCase())) &&
    statement.resources.some((pattern) => wildcard(pattern, call.resource)) &&
    principalMatches(statement, call) &&
    Object.entries(statement.conditions ?? {}).every(([operator, tests]) =>
      Object.entries(tests).every(([key, values]) => conditionHolds(operator, key, values, call.context)),
    )
  );
}

function principalMatches(statement: PolicyStatement, call: Call): boolean {
  if (statement.principals === undefined || statement.principals.length === 0) return true;
  return statement.principals.some(
    ({ type, identifiers }) =>
      (type === "*" || type === call.principal?.type || (type === "AWS" && identifiers.includes("*"))) &&
      identifiers.some((identifier) => identifier === "*" || identifier === call.principal?.identifier),
  );
}

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

/** Whether `text` matches `pattern`, in which `*` stands for any characters and `?` for one. */
function wildcard(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
