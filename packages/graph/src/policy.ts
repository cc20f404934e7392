import type { PolicyStatement } from "./graph.ts";

/**
 * Statements as Pulumi states them (`getPolicyDocument`) as the JSON of an IAM policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyDocument(statements: unknown): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: list(statements).map((item) => statement(record(item))) });
}

function statement(item: Record<string, unknown>): Record<string, unknown> {
  const principals = list(item.principals).map(record);
  const conditions = list(item.conditions).map(record);
  return {
    ...(item.sid ? { Sid: item.sid } : {}),
    Effect: item.effect ?? "Allow",
    ...(principals.length > 0
      ? { Principal: principals.some(({ type }) => type === "*") ? "*" : grouped(principals, "type", "identifiers") }
      : {}),
    ...(item.actions ? { Action: item.actions } : {}),
    ...(item.notActions ? { NotAction: item.notActions } : {}),
    ...(item.resources ? { Resource: item.resources } : {}),
    ...(item.notResources ? { NotResource: item.notResources } : {}),
    ...(conditions.length > 0 ? { Condition: conditionBlock(conditions) } : {}),
  };
}

function grouped(items: Record<string, unknown>[], key: string, values: string): Record<string, unknown[]> {
  const result: Record<string, unknown[]> = {};
  for (const item of items) {
    const name = String(item[key]);
    result[name] = [...(result[name] ?? []), ...list(item[values])];
  }
  return result;
}

function conditionBlock(conditions: Record<string, unknown>[]): Record<string, Record<string, unknown[]>> {
  const result: Record<string, Record<string, unknown[]>> = {};
  for (const { test, variable, values } of conditions) {
    const operator = String(test);
    result[operator] = { ...result[operator], [String(variable)]: list(values) };
  }
  return result;
}

/**
 * Reads the statements of an IAM policy.
 *
 * @param policy its JSON, or the object; nothing for a resource that has none
 * @throws Error for a statement with `NotPrincipal` or another effect than `Allow` and `Deny`: leaving it out would mean
 *   something else
 */
export function parsePolicy(policy: unknown): PolicyStatement[] {
  if (policy === undefined || policy === null || policy === "") return [];
  const document = record(typeof policy === "string" ? JSON.parse(policy) : policy);
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return statements.map((item) => parseStatement(record(item)));
}

function parseStatement(item: Record<string, unknown>): PolicyStatement {
  if ("NotPrincipal" in item)
    throw new Error(`A policy statement with NotPrincipal is not understood: ${JSON.stringify(item)}`);
  if (item.Effect !== "Allow" && item.Effect !== "Deny")
    throw new Error(`The effect of a policy statement must be Allow or Deny: ${JSON.stringify(item)}`);
  const principals = parsePrincipal(item.Principal);
  return {
    effect: item.Effect,
    actions: strings(item.Action),
    ...("NotAction" in item ? { notActions: strings(item.NotAction) } : {}),
    resources: strings(item.Resource),
    ...("NotResource" in item ? { notResources: strings(item.NotResource) } : {}),
    ...(principals.length > 0 ? { principals } : {}),
    ...(item.Condition ? { conditions: parseConditions(record(item.Condition)) } : {}),
  };
}

function parsePrincipal(principal: unknown): { type: string; identifiers: string[] }[] {
  if (principal === undefined) return [];
  if (typeof principal === "string") return [{ type: "*", identifiers: [principal] }];
  return Object.entries(record(principal)).map(([type, value]) => ({ type, identifiers: strings(value) }));
}

function parseConditions(block: Record<string, unknown>): Record<string, Record<string, string[]>> {
  const entries = Object.entries(block).map(([operator, keys]) => {
    const values = Object.entries(record(keys)).map(([key, value]) => [key, strings(value)] as const);
    return [operator, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(entries);
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
