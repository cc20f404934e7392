import type { Graph, GraphFunction, GraphResource } from "../graph.ts";
import { ofType, text } from "../resource.ts";
import { namesOf } from "../text/names.ts";
import { mayCall, maySend, roleByArn, roleStatements } from "./access.ts";
import { attachmentOf, databasesOf, type Path, pathToDatabase, pathToService } from "./network.ts";

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

/** What Lambda does itself, with the function's role and from outside its VPC, for a queue that is mapped to it. */
const byPoller = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

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
        permission: { holds: true, how: "the account in the link" },
        resourcePolicy: attachmentOf(graph, fn)
          ? { holds: network.holds, how: "security groups" }
          : { holds: true, how: "none needed" },
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
  const network: Path = polled
    ? { holds: true, how: "Lambda's poller, outside the VPC" }
    : pathToService(graph, fn, { service, action, resource });
  return {
    function: fn.name,
    call,
    on,
    network,
    permission: permitted ? { holds: true, how: "role" } : { holds: false, how: `the role lacks ${call} on ${on}` },
    resourcePolicy: network.how.startsWith("endpoint")
      ? { holds: network.holds, how: "the endpoint's" }
      : { holds: true, how: "none needed" },
  };
}

function isPolled(graph: Graph, fn: GraphFunction, call: string, resource: string): boolean {
  const mapped = graph.mappings.some(({ queueArn, functionArn }) => queueArn === resource && functionArn === fn.arn);
  return mapped && byPoller.includes(call);
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
    const role = roleOf(graph, fn);
    const rights = role ? roleStatements(graph, role).filter(({ effect }) => effect === "Allow") : [];
    return rights
      .flatMap(({ actions, resources }) => actions.flatMap((call) => resources.map((arn) => ({ call, arn }))))
      .map(({ call, arn }) => ({ function: fn.name, call, on: name(arn), demanded: isPolled(graph, fn, call, arn) }))
      .filter(({ call, on }) => !observed[fn.name]?.includes(`${call} ${on}`));
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
  const queueOf = (arn: unknown) => ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  const intoQueue = (from: string, arn: string | undefined, service: string, sourceArn: string): Delivery[] => {
    if (arn === undefined) return [];
    const queue = queueOf(arn);
    const holds = queue !== undefined && maySend(graph, queue, service, sourceArn);
    return [
      {
        from,
        to: name(arn),
        by: service,
        allowed: { holds, how: holds ? "the queue's policy" : "the queue's policy does not" },
      },
    ];
  };
  return [
    ...graph.subscriptions.flatMap(({ topicArn, endpoint, deadLetterArn }) =>
      [endpoint, deadLetterArn].flatMap((arn) => intoQueue(name(topicArn), arn, "sns.amazonaws.com", topicArn)),
    ),
    ...graph.rules.flatMap(({ name: rule, arn, targets }) =>
      targets.flatMap((target) =>
        [target.arn, target.deadLetterArn].flatMap((to) => intoQueue(rule, to, "events.amazonaws.com", arn)),
      ),
    ),
    ...graph.queues.flatMap(({ name: from, redrive }): Delivery[] =>
      redrive
        ? [{ from, to: name(redrive.deadLetterArn), by: "SQS", allowed: { holds: true, how: "same account" } }]
        : [],
    ),
    ...graph.mappings.map(
      ({ queueArn, functionArn }): Delivery => ({
        from: name(queueArn),
        to: name(functionArn),
        by: "Lambda",
        allowed: { holds: true, how: "the function's role" },
      }),
    ),
    ...graph.apis.flatMap((api) =>
      api.routes.map((route): Delivery => {
        const holds = ofType(graph, "aws:lambda/permission:Permission").some(
          ({ inputs }) => inputs.principal === "apigateway.amazonaws.com" && inputs.function === route.functionArn,
        );
        return {
          from: `${api.name} ${route.routeKey}`,
          to: name(route.functionArn),
          by: "apigateway.amazonaws.com",
          allowed: { holds, how: holds ? "the function's policy" : "the function's policy does not" },
        };
      }),
    ),
    ...ofType(graph, "aws:scheduler/schedule:Schedule").map((schedule): Delivery => {
      const { arn, roleArn } = schedule.inputs.target as { arn: string; roleArn: string };
      return byRole(graph, schedule.parent ?? schedule.name, name(arn), "scheduler.amazonaws.com", roleArn, {
        action: "lambda:InvokeFunction",
        resource: arn,
      });
    }),
    ...ofType(graph, "aws:rds/proxy:Proxy").flatMap(({ name: from, inputs }) =>
      (inputs.auths as { secretArn?: string }[]).map(({ secretArn = "" }) =>
        byRole(graph, from, secretNameOf(graph, secretArn), "rds.amazonaws.com", String(inputs.roleArn), {
          action: "secretsmanager:GetSecretValue",
          resource: secretArn,
        }),
      ),
    ),
  ];
}

function byRole(
  graph: Graph,
  from: string,
  to: string,
  by: string,
  roleArn: string,
  call: { action: string; resource: string },
): Delivery {
  const role = roleByArn(graph, roleArn);
  const holds = role !== undefined && mayCall(graph, role, call);
  return { from, to, by, allowed: { holds, how: holds ? "a role of its own" : `its role lacks ${call.action}` } };
}

function secretNameOf(graph: Graph, arn: string): string {
  return ofType(graph, "aws:secretsmanager/secret:Secret").find(({ outputs }) => outputs.arn === arn)?.name ?? arn;
}

function roleOf(graph: Graph, fn: GraphFunction): GraphResource | undefined {
  const resource = ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs.arn === fn.arn);
  return roleByArn(graph, text(resource?.inputs.role));
}

/** The ARN behind a component's name, with what stands behind it: `Table/index/byDate`. */
function arnOf(graph: Graph, on: string): string {
  const [name = "", ...within] = on.split("/");
  const known = [...graph.functions, ...graph.tables, ...graph.queues, ...graph.topics, ...graph.buses];
  const found = known.find((item) => item.name === name);
  if (!found) throw new Error(`A call was observed on ${name}, which the graph has not. Observe again.`);
  return [found.arn, ...within].join("/");
}
