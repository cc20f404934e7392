import type { GraphResource } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { beyondReading, inlinePolicies } from "../reach/access.ts";
import { aws, json, list } from "../resource.ts";
import { each, finding, type Rule } from "./rule.ts";

const quotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

export const iamRules: Rule[] = [
  each(aws.role, {
    name: "iam.policy",
    says: "Every policy of a role is JSON whose actions are service:Action and whose resources are ARNs or *.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    fault: (resource) =>
      inlinePolicies(resource)
        .map(faultOf)
        .find((fault) => fault !== undefined),
  }),
  {
    name: "iam.understood",
    says: "A policy holds only what the rules can evaluate: no policy variable, no NotPrincipal, and few conditions.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    check: (graph) =>
      graph.resources.flatMap((resource) =>
        policiesIn(resource)
          .flatMap(beyondReading)
          .map((problem) => finding(resource, `The other rules leave a statement out: ${problem}. Write it without.`)),
      ),
  },
  each(aws.role, {
    name: "iam.policy-size",
    says: "The inline policies of a role have at most 10,240 characters.",
    page: quotas,
    fault(resource) {
      // As IAM counts: without white space.
      const size = inlinePolicies(resource).map(String).join("").replace(/\s/g, "").length;
      return size > 10_240 && `The inline policies have ${size} characters of 10,240. Name fewer resources.`;
    },
  }),
  each(aws.role, {
    name: "iam.managed-policies",
    says: "A role has at most ten managed policies.",
    page: quotas,
    fault({ inputs }) {
      const count = list(inputs.managedPolicyArns).length;
      return count > 10 && `${count} managed policies are attached, 10 are allowed. Write one policy of your own.`;
    },
  }),
  each(aws.role, {
    name: "iam.trust",
    says: "A role's trust policy names who may assume it, and no resource.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
    fault({ inputs }) {
      const statements = json(inputs.assumeRolePolicy)?.Statement;
      if (!statements) return "assumeRolePolicy is no policy. Say who may assume the role.";
      const all = [statements].flat() as Record<string, unknown>[];
      if (all.some((statement) => !statement.Principal))
        return "A statement of assumeRolePolicy names no Principal. Name one.";
      if (!all.some((statement) => statement.Resource)) return undefined;
      return "assumeRolePolicy names a Resource, which AWS refuses. Remove it.";
    },
  }),
];

const policyHolders: string[] = [aws.role, aws.rolePolicy, aws.queue, aws.queuePolicy, aws.endpoint];

function policiesIn(resource: GraphResource): unknown[] {
  const { assumeRolePolicy, policy } = resource.inputs;
  return policyHolders.includes(resource.type) ? [assumeRolePolicy, policy, ...inlinePolicies(resource)] : [];
}

function faultOf(policy: unknown): string | undefined {
  const document = json(policy);
  if (!document) return "A policy is no JSON object. Write one with Version and Statement.";
  if (document.Statement === undefined || (Array.isArray(document.Statement) && document.Statement.length === 0)) {
    return "A policy has no statements, which AWS refuses. Leave the policy out.";
  }
  try {
    for (const statement of parsePolicy(document)) {
      const { actions, notActions = [], resources, notResources = [], effect } = statement;
      const action = [...actions, ...notActions].find(
        (item) => item !== "*" && !/^[a-z0-9-]+:[a-zA-Z0-9*?]+$/i.test(item),
      );
      if (action !== undefined) return `Action ${JSON.stringify(action)} is not written service:Action.`;
      const resource = [...resources, ...notResources].find(
        (item) => item !== "*" && !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(item),
      );
      if (resource !== undefined) return `Resource ${JSON.stringify(resource)} is no ARN and not *.`;
      if (actions.length + notActions.length === 0 || resources.length + notResources.length === 0)
        return `A statement (${effect}) names no action or no resource.`;
    }
    return undefined;
  } catch {
    return undefined; // NotPrincipal and the like: `iam.understood` reports them.
  }
}
