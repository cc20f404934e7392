import type { PolicyStatement } from "./graph.ts";
import { list, record, records } from "./resource.ts";

/**
 * Statements as Pulumi states them (`getPolicyDocument`) as the JSON of an IAM policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyDocument(statements: unknown): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: records(statements).map(statement) });
}

function statement(item: Record<string, unknown>): Record<string, unknown> {
  const principals: Record<string, unknown[]> = {};
  for (const { type, identifiers } of records(item.principals)) {
    principals[String(type)] = [...(principals[String(type)] ?? []), ...list(identifiers)];
  }
  const conditions: Record<string, Record<string, unknown[]>> = {};
  for (const { test, variable, values } of records(item.conditions)) {
    conditions[String(test)] = { ...conditions[String(test)], [String(variable)]: list(values) };
  }
  // What is undefined is left out of the JSON.
  return {
    Sid: item.sid || undefined,
    Effect: item.effect ?? "Allow",
    Principal: "*" in principals ? "*" : stated(principals),
    Action: item.actions || undefined,
    NotAction: item.notActions || undefined,
    Resource: item.resources || undefined,
    NotResource: item.notResources || undefined,
    Condition: stated(conditions),
  };
}

function stated<T extends object>(block: T): T | undefined {
  return Object.keys(block).length > 0 ? block : undefined;
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
  return [document.Statement].flat().map((item) => parseStatement(record(item)));
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
  return mapped(block, (keys) => mapped(record(keys), strings));
}

function mapped<T>(of: Record<string, unknown>, convert: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, convert(value)]));
}

/** IAM takes one value for a list of it. */
function strings(value: unknown): string[] {
  return (value === undefined ? [] : [value].flat()).map(String);
}
