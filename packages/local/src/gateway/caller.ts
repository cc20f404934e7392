import type { Graph, GraphFunction, PolicyStatement } from "@appointments/graph/graph";
import { contextIn, type Decision, decide, misunderstood, viaService } from "@appointments/graph/iam";
import type { Asker, AwsError } from "../aws/request.ts";
import type { Access } from "./access.ts";

/** Who makes a call. */
export interface Caller {
  /** Component name of the function, or `operator`. */
  name: string;
  /** As `sts:GetCallerIdentity` says it. */
  arn: string;
  /** What it signs with. */
  secretAccessKey: string;
  decide: (access: Access) => Decision;
}

/** Worth nothing outside of the local gateway. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The credentials of each function, by its component name, and of `operator`, who may do everything. */
export type CredentialsOf = (name: string) => Credentials;

const polling = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** AWS's own policies, as far as they grant something that the gateway serves. */
const managedPolicies: Record<string, PolicyStatement[]> = {
  AWSLambdaBasicExecutionRole: [],
  AWSLambdaVPCAccessExecutionRole: [],
  AWSXRayDaemonWriteAccess: [],
  AWSLambdaSQSQueueExecutionRole: [{ effect: "Allow", actions: polling, resources: ["*"] }],
};

/**
 * Who may do what, by access key id.
 *
 * @throws when a function's policy holds what the evaluator does not understand: it would deny too much or too little
 */
export function callers(graph: Graph, credentialsOf: CredentialsOf): Map<string, Caller> {
  const root = `arn:aws:iam::${graph.account}:user/operator`;
  const all: Omit<Caller, "secretAccessKey">[] = [
    ...graph.functions.map((fn) => functionCaller(graph, fn)),
    { name: "operator", arn: root, decide: () => "allow" },
  ];
  return new Map(
    all.map((caller) => {
      const { accessKeyId, secretAccessKey } = credentialsOf(caller.name);
      return [accessKeyId, { ...caller, secretAccessKey }];
    }),
  );
}

function functionCaller(graph: Graph, fn: GraphFunction): Omit<Caller, "secretAccessKey"> {
  const statements = [...fn.statements, ...fn.managedPolicies.flatMap((arn) => managed(fn, arn))];
  for (const [index, statement] of statements.entries()) {
    const problems = misunderstood(statement);
    if (statement.principals && statement.principals.length > 0) problems.push("principals in a role's policy");
    if (problems.length > 0) {
      const what = `Statement ${index + 1} of function ${fn.name} is beyond the local IAM check`;
      throw new Error(`${what} (${problems.join("; ")}): ${JSON.stringify(statement)}`);
    }
  }
  const context = contextIn(graph);
  return {
    name: fn.name,
    arn: `arn:aws:sts::${graph.account}:assumed-role/${roleName(graph, fn)}/${fn.functionName}`,
    decide: ({ action, resource, via }) =>
      decide(statements, {
        action,
        resource,
        context: via === undefined ? context : { ...context, ...viaService(via, graph) },
      }),
  };
}

function managed(fn: GraphFunction, arn: string): PolicyStatement[] {
  const statements = managedPolicies[arn.slice(arn.lastIndexOf("/") + 1)];
  if (!statements)
    throw new Error(`Function ${fn.name} has the managed policy ${arn}, whose content is not known here.`);
  return statements;
}

function roleName(graph: Graph, fn: GraphFunction): string {
  const resource = graph.resources.find(
    ({ type, inputs }) => type === "aws:lambda/function:Function" && inputs.name === fn.functionName,
  );
  const role = resource?.inputs.role;
  return typeof role === "string" ? role.slice(role.lastIndexOf("/") + 1) : `${fn.functionName}-role`;
}

/** The error a denied call gets, with the code, status and words of its service. */
export function denied({ service }: Asker, caller: Caller, access: Access, decision: Decision): AwsError {
  const action = spelled(access.action);
  const because =
    decision === "explicit-deny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${access.resource} ${because}`;
  if (access.action.startsWith("kms:")) {
    return { status: 400, code: "KmsAccessDenied", queryCode: "KMS.AccessDeniedException", message };
  }
  if (service === "sns") return { status: 403, code: "AuthorizationError", message };
  return { status: 400, code: "AccessDeniedException", queryCode: "AccessDenied", message };
}

/** Each service spells an action its own way in messages: `sqs:sendmessage`, `SNS:Publish`, `dynamodb:PutItem`. */
function spelled(action: string): string {
  if (action.startsWith("sqs:")) return action.toLowerCase();
  return action.startsWith("sns:") ? `SNS:${action.slice(4)}` : action;
}
