import type {
  GraphApi,
  GraphAuthorizer,
  GraphInvocation,
  GraphResource,
  GraphSchedule,
  GraphUserPool,
} from "../graph.ts";
import { aws, record, strings } from "../resource.ts";
import { functionArn } from "./function.ts";
import { targetsOf } from "./publisher.ts";
import { byName, componentName, optionalText, type Resources, text, viewsOf } from "./resources.ts";

/** HTTP APIs and their routes to functions; routes to anything else are left out. */
export function apis(resources: Resources): GraphApi[] {
  return viewsOf(resources, aws.api, (api) => {
    const cors = record(api.inputs.corsConfiguration);
    return {
      name: componentName(api, "sst:aws:ApiGatewayV2"),
      apiName: text(api, "name"),
      ...(Object.keys(cors).length > 0 ? { cors } : {}),
      routes: resources
        .of(aws.route)
        .filter((route) => route.inputs.apiId === api.outputs.id)
        .flatMap((route) => routeOf(resources, route))
        .sort((a, b) => (a.routeKey < b.routeKey ? -1 : 1)),
    };
  });
}

function routeOf(resources: Resources, route: GraphResource): GraphApi["routes"] {
  const id = text(route, "target").split("/").at(-1);
  const integration = resources.of(aws.integration).find(({ outputs }) => outputs.id === id);
  if (integration?.inputs.integrationType !== "AWS_PROXY") return [];
  const authorizer = authorizerOf(resources, route);
  return [
    {
      routeKey: text(route, "routeKey"),
      functionArn: functionArn(resources, integration.inputs.integrationUri),
      ...(authorizer ? { authorizer } : {}),
    },
  ];
}

function authorizerOf(resources: Resources, { name, inputs }: GraphResource): GraphAuthorizer | undefined {
  const type = optionalText(inputs, "authorizationType") ?? "NONE";
  if (type === "NONE") return undefined;
  if (type === "AWS_IAM" || type === "CUSTOM") return { type };
  const authorizer = resources.of(aws.authorizer).find(({ outputs }) => outputs.id === inputs.authorizerId);
  if (type !== "JWT" || authorizer === undefined) throw new Error(`Route ${name} has no authorizer of type ${type}.`);
  const jwt = record(authorizer.inputs.jwtConfiguration);
  return {
    type,
    issuer: String(jwt.issuer),
    audiences: strings(jwt.audiences),
    identitySource: strings(authorizer.inputs.identitySources)[0] ?? "",
    scopes: strings(inputs.authorizationScopes),
  };
}

/** User pools with their clients. */
export function userPools(resources: Resources): GraphUserPool[] {
  return viewsOf(resources, aws.userPool, (pool) => ({
    name: componentName(pool, "sst:aws:CognitoUserPool"),
    issuer: `https://${text(pool, "endpoint")}`,
    clients: viewsOf(resources, aws.userPoolClient, (client) =>
      client.inputs.userPoolId === pool.outputs.id
        ? { name: componentName(client, "sst:aws:CognitoUserPoolClient"), id: text(client, "id") }
        : [],
    ),
  }));
}

/** What runs a function by the clock: EventBridge Scheduler, and rules with a schedule. */
export function schedules(resources: Resources): GraphSchedule[] {
  const scheduler = resources.of(aws.schedule).map((schedule) => {
    const target = record(schedule.inputs.target);
    return {
      name: componentName(schedule, "sst:aws:CronV2"),
      expression: text(schedule, "scheduleExpression"),
      functionArn: functionArn(resources, target.arn),
      enabled: schedule.inputs.state !== "DISABLED",
      ...inputOf(target.input),
    };
  });
  const rules = resources.of(aws.rule).flatMap((rule) => {
    if (typeof rule.inputs.scheduleExpression !== "string") return [];
    return targetsOf(resources, rule).map((target) => ({
      name: componentName(rule, "sst:aws:Cron"),
      expression: text(rule, "scheduleExpression"),
      functionArn: functionArn(resources, target.inputs.arn),
      enabled: rule.inputs.state !== "DISABLED",
      ...inputOf(target.inputs.input),
    }));
  });
  return byName([...scheduler, ...rules]);
}

function inputOf(json: unknown): { input?: unknown } {
  return typeof json === "string" && json !== "" ? { input: JSON.parse(json) } : {};
}

/** Functions that a deployment invokes, each after those it depends on, else by name. */
export function invocations(resources: Resources): GraphInvocation[] {
  const all = resources.of(aws.invocation).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byUrn = new Map(resources.all.map((resource) => [resource.urn, resource]));
  const ordered: GraphResource[] = [];
  const seen = new Set<string>();
  function visit(resource: GraphResource): void {
    if (seen.has(resource.urn)) return;
    seen.add(resource.urn);
    for (const urn of resource.options.dependsOn ?? []) {
      const before = byUrn.get(urn);
      if (before) visit(before);
    }
    if (all.includes(resource)) ordered.push(resource);
  }
  all.forEach(visit);
  return ordered.map(({ name, inputs }) => ({
    name,
    functionArn: functionArn(resources, inputs.functionName),
    input: typeof inputs.input === "string" ? JSON.parse(inputs.input) : {},
    triggers: record(inputs.triggers),
  }));
}
