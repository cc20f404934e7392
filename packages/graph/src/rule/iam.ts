import type { GraphResource } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { beyondReading } from "../reach/access.ts";
import { each, finding, json, type Rule } from "./rule.ts";

const role = "aws:iam/role:Role";
const quotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

export const iamRules: Rule[] = [
  each(
    role,
    {
      name: "iam.policy",
      says: "Every policy of a role is JSON whose actions are service:Action and whose resources are ARNs or *.",
      page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    },
    (resource) =>
      inline(resource)
        .map(faultOf)
        .find((fault) => fault !== undefined),
  ),
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
  each(
    role,
    { name: "iam.policy-size", says: "The inline policies of a role have at most 10,240 characters.", page: quotas },
    (resource) => {
      // As IAM counts: without white space.
      const size = inline(resource).reduce<number>((sum, policy) => sum + String(policy).replace(/\s/g, "").length, 0);
      return size <= 10_240
        ? undefined
        : `The inline policies have ${size} characters of 10,240. Name fewer resources.`;
    },
  ),
  each(
    role,
    { name: "iam.managed-policies", says: "A role has at most ten managed policies.", page: quotas },
    ({ inputs }) => {
      const count = Array.isArray(inputs.managedPolicyArns) ? inputs.managedPolicyArns.length : 0;
      return count <= 10
        ? undefined
        : `${count} managed policies are attached, 10 are allowed. Write one policy of your own.`;
    },
  ),
  each(
    role,
    {
      name: "iam.trust",
      says: "A role's trust policy names who may assume it, and no resource.",
      page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
    },
    ({ inputs }) => {
      const statements = json(inputs.assumeRolePolicy)?.Statement;
      if (!statements) return "assumeRolePolicy is no policy. Say who may assume the role.";
      const all = (Array.isArray(statements) ? statements : [statements]) as Record<string, unknown>[];
      if (all.some((statement) => !statement.Principal))
        return "A statement of assumeRolePolicy names no Principal. Name one.";
      return all.some((statement) => statement.Resource)
        ? "assumeRolePolicy names a Resource, which AWS refuses. Remove it."
        : undefined;
    },
  ),
];

const policyHolders = [
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:sqs/queue:Queue",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
];

function policiesIn(resource: GraphResource): unknown[] {
  const { assumeRolePolicy, policy } = resource.inputs;
  return policyHolders.includes(resource.type) ? [assumeRolePolicy, policy, ...inline(resource)] : [];
}

function inline({ inputs }: GraphResource): unknown[] {
  return Array.isArray(inputs.inlinePolicies)
    ? inputs.inlinePolicies.map((item) => (item as { policy: unknown }).policy)
    : [];
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
