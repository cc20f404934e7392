import type { GraphKey, GraphResource } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { type Resources, text, value } from "./resources.ts";

/**
 * The key that is meant by an id, an ARN or an alias, with its policy when it is a key of this app.
 *
 * A key without a stated policy has AWS's default one, which lets nobody but the account in: no service.
 */
export function keyOf(resources: Resources, reference: string): GraphKey {
  const names = (resource: GraphResource, ...fields: string[]) => fields.map((field) => value(resource, field));
  const alias = resources
    .of("aws:kms/alias:Alias")
    .find((candidate) => names(candidate, "name", "arn").includes(reference));
  const meant = alias === undefined ? reference : text(alias, "targetKeyId");
  const key = resources.of("aws:kms/key:Key").find((candidate) => names(candidate, "keyId", "arn").includes(meant));
  if (key === undefined) return { id: reference };
  const policy = resources
    .of("aws:kms/keyPolicy:KeyPolicy")
    .find(({ inputs }) => names(key, "keyId", "arn").includes(inputs.keyId));
  return { id: text(key, "arn"), policy: parsePolicy(policy?.inputs.policy ?? key.inputs.policy) };
}
