import type { Graph, GraphFunction, GraphResource } from "../graph.ts";
import { aws, byArn, ofType } from "../resource.ts";
import { namesOf } from "../text/names.ts";
import { mayCall, maySend, permissionsOf, pollerActions, rightsOf, roleByArn } from "./access.ts";
import { attachmentOf, databasesOf, no, type Path, pathToDatabase, pathToService, yes } from "./network.ts";

/** The calls that a run of the system made, by function: `sns:Publish Requested`, sorted. */
export type ObservedCalls = Record<string, string[]>;

/** A call or a connection of a function, and what it needs to arrive. */
export interface Reach {
  function: string;
  /** `sns:Publish`, or `MySQL`. */
  call: string;
  /** Component name: of the resource, or of the link that holds a database's URL. */
  on: string;
  network: Path;
  permission: Path;
  /** What the other side must say; it is nothing within one account, unless an endpoint with a policy is on the way. */
  resourcePolicy: Path;
}

/**
 * For each function: whether each call it makes, and each database it is linked to, is reached.
 *
 * @throws Error when a call names a function or a resource that the graph has not: what was observed is then outdated
 */
export function reachOf(graph: Graph, observed: ObservedCalls): Reach[] {
  return graph.functions.flatMap((fn) => [
    ...(observed[fn.name] ?? []).map((line) => callReach(graph, fn, line)),
    ...databasesOf(graph, fn).map((link): Reach => {
      const network = pathToDatabase(graph, fn, link);
      return {
        function: fn.name,
        call: "MySQL",
        on: link,
        network,
        permission: yes("the account in the link"),
        resourcePolicy: attachmentOf(graph, fn) ? { holds: network.holds, how: "security groups" } : yes("none needed"),
      };
    }),
  ]);
}

/** Calls of a run by functions that are not in the graph. */
export function unknownFunctions(graph: Graph, observed: ObservedCalls): string[] {
  return Object.keys(observed).filter((name) => !graph.functions.some((fn) => fn.name === name));
}

function callReach(graph: Graph, fn: GraphFunction, line: string): Reach {
  const [call = "", on = ""] = line.split(" ");
  const [service = "", action = ""] = call.split(":");
  const resource = arnOf(graph, on);
  const role = roleOf(graph, fn);
  const permitted = role !== undefined && mayCall(graph, role, { action: call, resource });
  const polled = isPolled(graph, fn, call, resource);
  const network = polled
    ? yes("Lambda's poller, outside the VPC")
    : pathToService(graph, fn, { service, action, resource });
  return {
    function: fn.name,
    call,
    on,
    network,
    permission: permitted ? yes("role") : no(`the role lacks ${call} on ${on}`),
    resourcePolicy: network.how.startsWith("endpoint")
      ? { holds: network.holds, how: "the endpoint's" }
      : yes("none needed"),
  };
}

function isPolled(graph: Graph, fn: GraphFunction, call: string, resource: string): boolean {
  const mapped = graph.mappings.some(({ queueArn, functionArn }) => queueArn === resource && functionArn === fn.arn);
  return mapped && pollerActions.includes(call);
}

/** A permission of a function's role that no run used. */
export interface UnusedRight {
  function: string;
  call: string;
  on: string;
  /** AWS makes no mapping without it, whether it is used or not. */
  demanded: boolean;
}

export function unusedRights(graph: Graph, observed: ObservedCalls): UnusedRight[] {
  const name = namesOf(graph);
  return graph.functions.flatMap((fn) => {
    return (
      rightsOf(graph, roleOf(graph, fn))
        .map(({ call, arn }) => ({ function: fn.name, call, on: name(arn), demanded: isPolled(graph, fn, call, arn) }))
        // A key is used by other services in the function's name, and called by nobody: the rule kms.caller.
        .filter(({ call }) => !call.startsWith("kms:"))
        .filter(({ call, on }) => !observed[fn.name]?.includes(`${call} ${on}`))
    );
  });
}

/** What one service does to another's resource for the app: who, to what, and what lets it. */
export interface Delivery {
  from: string;
  to: string;
  by: string;
  allowed: Path;
}

export function deliveriesOf(graph: Graph): Delivery[] {
  const name = namesOf(graph);
  const intoQueue = (from: string, arn: string | undefined, by: string, sourceArn: string): Delivery[] => {
    if (arn === undefined) return [];
    const queue = byArn(graph, aws.queue, arn);
    const holds = queue !== undefined && maySend(graph, queue, by, sourceArn);
    return [{ from, to: name(arn), by, allowed: byPolicy(holds, "the queue's policy") }];
  };
  return [
    ...graph.subscriptions.flatMap(({ topicArn, protocol, endpoint, deadLetterArn }) => {
      const [from, by] = [name(topicArn), "sns.amazonaws.com"];
      const toQueues = (arn: string | undefined) => intoQueue(from, arn, by, topicArn);
      // Nothing on AWS allows or forbids a letter; who gets it must have said yes to the first.
      // docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
      if (protocol !== "email") return [endpoint, deadLetterArn].flatMap(toQueues);
      return [{ from, to: endpoint, by, allowed: yes("who confirms the address") }, ...toQueues(deadLetterArn)];
    }),
    ...graph.rules.flatMap(({ name: rule, arn, targets }) =>
      targets.flatMap((target) =>
        [target.arn, target.deadLetterArn].flatMap((to) => intoQueue(rule, to, "events.amazonaws.com", arn)),
      ),
    ),
    ...graph.queues.flatMap(({ name: from, redrive }) =>
      redrive ? { from, to: name(redrive.deadLetterArn), by: "SQS", allowed: yes("same account") } : [],
    ),
    ...graph.mappings.map(({ queueArn, functionArn }) => {
      return { from: name(queueArn), to: name(functionArn), by: "Lambda", allowed: yes("the function's role") };
    }),
    ...graph.apis.flatMap((api) =>
      api.routes.map(({ routeKey, functionArn }) => {
        const by = "apigateway.amazonaws.com";
        const fn = byArn(graph, aws.function, functionArn);
        const holds = fn !== undefined && permissionsOf(graph, fn, by).length > 0;
        const allowed = byPolicy(holds, "the function's policy");
        return { from: `${api.name} ${routeKey}`, to: name(functionArn), by, allowed };
      }),
    ),
    ...ofType(graph, aws.userPool).flatMap((pool) =>
      graph.functions
        .filter(({ arn }) => JSON.stringify(pool.inputs.lambdaConfig ?? {}).includes(JSON.stringify(arn)))
        .map((trigger) => {
          const by = "cognito-idp.amazonaws.com";
          const fn = byArn(graph, aws.function, trigger.arn);
          const holds = fn !== undefined && permissionsOf(graph, fn, by).length > 0;
          return { from: pool.name, to: trigger.name, by, allowed: byPolicy(holds, "the function's policy") };
        }),
    ),
    ...ofType(graph, aws.schedule).map((schedule) => {
      const { arn: resource, roleArn } = schedule.inputs.target as { arn: string; roleArn: string };
      const allowed = byRole(graph, roleArn, { action: "lambda:InvokeFunction", resource });
      return { from: schedule.parent ?? schedule.name, to: name(resource), by: "scheduler.amazonaws.com", allowed };
    }),
    ...ofType(graph, aws.proxy).flatMap(({ name: from, inputs }) =>
      (inputs.auths as { secretArn?: string }[]).map(({ secretArn: resource = "" }) => {
        const allowed = byRole(graph, inputs.roleArn, { action: "secretsmanager:GetSecretValue", resource });
        return { from, to: byArn(graph, aws.secret, resource)?.name ?? resource, by: "rds.amazonaws.com", allowed };
      }),
    ),
  ];
}

function byPolicy(holds: boolean, policy: string): Path {
  return holds ? yes(policy) : no(`${policy} does not`);
}

function byRole(graph: Graph, roleArn: unknown, call: { action: string; resource: string }): Path {
  const role = roleByArn(graph, roleArn);
  return role && mayCall(graph, role, call) ? yes("a role of its own") : no(`its role lacks ${call.action}`);
}

function roleOf(graph: Graph, fn: GraphFunction): GraphResource | undefined {
  return roleByArn(graph, byArn(graph, aws.function, fn.arn)?.inputs.role);
}

/** The ARN behind a component's name, with what stands behind it: `Table/index/byDate`. */
function arnOf(graph: Graph, on: string): string {
  const [name = "", ...within] = on.split("/");
  const known = [...graph.functions, ...graph.tables, ...graph.queues, ...graph.topics, ...graph.buses];
  const found = known.find((item) => item.name === name);
  if (!found) throw new Error(`A call was observed on ${name}, which the graph has not. Observe again.`);
  return [found.arn, ...within].join("/");
}
