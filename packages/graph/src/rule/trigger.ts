import type { Graph, GraphResource } from "../graph.ts";
import { wildcard } from "../iam.ts";
import { mayCall, permissionsOf, roleByArn, trusts } from "../reach/access.ts";
import { at, aws, ofType, text } from "../resource.ts";
import { each, type Rule } from "./rule.ts";

export const triggerRules: Rule[] = [
  each(aws.integration, {
    name: "apigateway.permission",
    says: "A function behind an API lets that API invoke it; without that every request is answered 500.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
    fault(resource, graph) {
      const fn = functionOf(graph, resource);
      if (!fn) return undefined;
      const api = ofType(graph, aws.api).find(({ outputs }) => outputs.id === resource.inputs.apiId);
      const may = permissionsOf(graph, fn, "apigateway.amazonaws.com").some(
        ({ inputs }) =>
          inputs.sourceArn === undefined || wildcard(String(inputs.sourceArn), `${api?.outputs.executionArn}/*/*`),
      );
      if (may) return undefined;
      return `${fn.name} does not let ${api?.name ?? "the API"} invoke it. Give it an aws.lambda.Permission.`;
    },
  }),
  each(aws.integration, {
    name: "apigateway.function-timeout",
    says: "A function behind an API ends within the 30 seconds that the API waits.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
    fault(resource, graph) {
      const fn = functionOf(graph, resource);
      const waits = Number(resource.inputs.timeoutMilliseconds ?? 30_000) / 1000;
      const runs = Number(fn?.inputs.timeout ?? 3);
      if (!fn || !(runs > waits)) return undefined;
      return `${fn.name} may run ${runs} seconds, the API answers 503 after ${waits}. Set its timeout to less.`;
    },
  }),
  each(aws.route, {
    name: "apigateway.route-key",
    says: "A route is $default or a method and a path.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",
    fault({ inputs }) {
      const key = text(inputs.routeKey) ?? "";
      if (key === "$default" || /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) \/\S*$/.test(key)) return undefined;
      return `routeKey is ${JSON.stringify(key)}; write it as $default or GET /path/{name}.`;
    },
  }),
  each(aws.api, {
    name: "apigateway.cors",
    says: "An API that allows credentials names the origins: with * browsers and API Gateway refuse it.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
    fault({ inputs }) {
      const cors = inputs.corsConfiguration as { allowCredentials?: boolean; allowOrigins?: string[] } | undefined;
      return (
        cors?.allowCredentials &&
        cors.allowOrigins?.includes("*") &&
        "corsConfiguration allows credentials from every origin. Name the origins."
      );
    },
  }),
  each(aws.schedule, {
    name: "scheduler.expression",
    says: "A schedule is rate(N units), cron(six fields) or at(time).",
    page: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
    fault: ({ inputs }) => expressionFault(String(inputs.scheduleExpression)),
  }),
  each(aws.rule, {
    name: "events.expression",
    says: "A scheduled rule is rate(N units) or cron(six fields).",
    page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
    fault({ inputs }) {
      const { scheduleExpression: expression } = inputs;
      if (expression === undefined) return undefined;
      if (inputs.eventBusName !== undefined && inputs.eventBusName !== "default") {
        return "Only the default bus has scheduled rules. Leave eventBusName out.";
      }
      return String(expression).startsWith("at(")
        ? "at(…) is the scheduler's. Use rate or cron."
        : expressionFault(String(expression));
    },
  }),
  each(aws.schedule, {
    name: "scheduler.role",
    says: "A schedule's role lets the scheduler take it on and may do what the schedule is for.",
    page: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
    fault(resource, graph) {
      const role = roleByArn(graph, at(resource, "target.roleArn"));
      if (!role) return undefined;
      if (!trusts(graph, role, "scheduler.amazonaws.com")) {
        return `Role ${role.name} does not let scheduler.amazonaws.com assume it. Add that to its trust policy.`;
      }
      const arn = String(at(resource, "target.arn"));
      if (!arn.includes(":function:")) return undefined;
      if (mayCall(graph, role, { action: "lambda:InvokeFunction", resource: arn })) return undefined;
      return `Role ${role.name} may not invoke ${arn}. Allow lambda:InvokeFunction.`;
    },
  }),
];

function functionOf(graph: Graph, { inputs }: GraphResource): GraphResource | undefined {
  return ofType(graph, aws.function).find(({ outputs }) =>
    [outputs.arn, outputs.invokeArn].includes(inputs.integrationUri),
  );
}

/** What is wrong with a schedule; `undefined` when AWS takes it. Fields of cron are checked for count and characters. */
function expressionFault(expression: string): string | undefined {
  const [, rate, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  if (rate !== undefined && unit !== undefined) {
    if (Number(rate) < 1) return `${expression}: the rate must be 1 or more.`;
    if ((Number(rate) === 1) !== unit.endsWith("s")) return undefined;
    return `${expression}: it is 1 ${unit.replace(/s$/, "")} and ${Math.max(2, Number(rate))} ${unit.replace(/s?$/, "s")}.`;
  }
  const [, cron] = /^cron\(([^()]+)\)$/.exec(expression) ?? [];
  if (cron !== undefined) return cronFault(expression, cron);
  const [, at] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  if (at !== undefined && !Number.isNaN(Date.parse(at))) return undefined;
  return `${expression} is none of rate(5 minutes), cron(0 12 * * ? *), at(2027-01-31T12:00:00).`;
}

function cronFault(expression: string, cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 6)
    return `${expression} has ${fields.length} fields; it takes minutes, hours, day, month, weekday and year.`;
  if (fields.some((field) => !/^[\w*,/?#-]+$/.test(field)))
    return `${expression} has characters that cron does not know.`;
  const [, , day, , weekday] = fields;
  return (day === "?") === (weekday === "?") ? `${expression}: exactly one of day and weekday must be ?.` : undefined;
}
