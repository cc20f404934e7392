import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import { parseObject } from "../../aws/request.ts";

export interface Published {
  body?: string;
  messageAttributes?: Record<string, { DataType: string; StringValue?: string | undefined }>;
}

const patterns = new Map<string, Pattern>();

/**
 * Whether a subscription's filter policy lets a message pass. The language is that of EventBridge's patterns, over the
 * attributes or over the body.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export function passes({ attributes }: { attributes: Record<string, string> }, message: Published): boolean {
  const { FilterPolicy: policy, FilterPolicyScope: scope } = attributes;
  if (!policy) return true;
  const pattern = patterns.get(policy) ?? readPattern(JSON.parse(policy));
  patterns.set(policy, pattern);
  const values = scope === "MessageBody" ? parseObject(message.body ?? "") : valuesOf(message);
  return values !== undefined && pattern(values);
}

/** Attributes as values of their types; binary ones are not filtered on. */
function valuesOf({ messageAttributes = {} }: Published): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue }] of Object.entries(messageAttributes)) {
    if (StringValue === undefined) continue;
    if (DataType === "String.Array") values[name] = listOf(StringValue);
    else values[name] = DataType.startsWith("Number") ? Number(StringValue) : StringValue;
  }
  return values;
}

/** What is no JSON after all is a text. */
function listOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
