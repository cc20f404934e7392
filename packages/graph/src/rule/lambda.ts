import type { GraphResource } from "../graph.ts";
import { mayCall, roleByArn, trusts } from "../reach/access.ts";
import { at, each, finding, ofType, type Rule, text } from "./rule.ts";

const lambda = "aws:lambda/function:Function";
const mapping = "aws:lambda/eventSourceMapping:EventSourceMapping";
const variablesPage = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html";

/** Set by Lambda itself in every function; AWS refuses to create one that sets them. */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/** Of the Node runtimes, those a function can be created with. */
const nodeRuntimes = ["nodejs22.x", "nodejs24.x"];

const pollerActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

export const lambdaRules: Rule[] = [
  each(
    lambda,
    {
      name: "lambda.environment-size",
      says: "A function's environment variables, names and values, take at most 4 KB.",
      page: variablesPage,
    },
    (fn) => {
      // As AWS counts: the variables as JSON.
      const bytes = Buffer.byteLength(JSON.stringify(variablesOf(fn)));
      return bytes <= 4096
        ? undefined
        : `The environment takes ${bytes} bytes of 4096. Keep large values in a link, a parameter or a file.`;
    },
  ),
  each(
    lambda,
    {
      name: "lambda.environment-name",
      says: "An environment variable has a name of letters, digits and underscores that Lambda does not keep for itself.",
      page: variablesPage,
    },
    (fn) => {
      const wrong = Object.keys(variablesOf(fn)).filter((name) => !/^[a-zA-Z]\w+$/.test(name) || reserved.test(name));
      return wrong.length === 0 ? undefined : `${wrong.join(", ")} cannot be set on a function. Name it differently.`;
    },
  ),
  each(
    lambda,
    {
      name: "lambda.runtime",
      says: "A function's Node runtime is one that AWS still creates functions with.",
      page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    },
    (fn) => {
      const runtime = text(fn.inputs.runtime);
      return !runtime?.startsWith("nodejs") || nodeRuntimes.includes(runtime)
        ? undefined
        : `runtime is ${runtime}; AWS creates functions with ${nodeRuntimes.join(" and ")}.`;
    },
  ),
  each(
    lambda,
    {
      name: "lambda.description",
      says: "A function's description has at most 256 characters.",
      page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    },
    (fn) => {
      const { length } = text(fn.inputs.description) ?? "";
      return length <= 256 ? undefined : `The description has ${length} characters of 256. Shorten it.`;
    },
  ),
  each(
    lambda,
    {
      name: "lambda.role",
      says: "A function's role lets Lambda take it on.",
      page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
    },
    (fn, graph) => {
      const role = roleByArn(graph, fn.inputs.role);
      return !role || trusts(graph, role, "lambda.amazonaws.com")
        ? undefined
        : `Role ${role.name} does not let lambda.amazonaws.com assume it. Add that to its trust policy.`;
    },
  ),
  each(
    lambda,
    {
      name: "lambda.vpc-role",
      says: "A function in a VPC may make network interfaces.",
      page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    },
    (fn, graph) => {
      const role = roleByArn(graph, fn.inputs.role);
      if (!fn.inputs.vpcConfig || !role) return undefined;
      const managed = Array.isArray(role.inputs.managedPolicyArns) ? role.inputs.managedPolicyArns : [];
      const attached = ofType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter(({ inputs }) => inputs.role === role.inputs.name)
        .map(({ inputs }) => inputs.policyArn);
      const joins = [...managed, ...attached].some((arn) => String(arn).endsWith("/AWSLambdaVPCAccessExecutionRole"));
      const states = mayCall(graph, role, { action: "ec2:CreateNetworkInterface", resource: "*" });
      return joins || states ? undefined : `Role ${role.name} lacks AWSLambdaVPCAccessExecutionRole. Attach it.`;
    },
  ),
  each(
    mapping,
    {
      name: "lambda.batch-window",
      says: "A batch of more than ten messages has a window of at least a second.",
      page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    },
    (resource, graph) => {
      const size = Number(resource.inputs.batchSize ?? 10);
      const queue = ofType(graph, "aws:sqs/queue:Queue").find(
        ({ outputs }) => outputs.arn === resource.inputs.eventSourceArn,
      );
      if (queue?.inputs.fifoQueue === true) {
        return size > 10 ? `batchSize is ${size}; a FIFO queue gives at most 10.` : undefined;
      }
      const window = Number(resource.inputs.maximumBatchingWindowInSeconds ?? 0);
      return size > 10 && window < 1
        ? `batchSize is ${size} with a window of ${window} seconds. Set maximumBatchingWindowInSeconds to 1 or more, or batchSize to 10 or less.`
        : undefined;
    },
  ),
  {
    name: "lambda.visibility",
    says: "A queue's messages stay invisible at least as long as the function that consumes them may run.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    check: (graph) =>
      consumers(graph).flatMap(({ queue, fn }) => {
        const visible = Number(queue.inputs.visibilityTimeoutSeconds ?? 30);
        const timeout = Number(fn.inputs.timeout ?? 3);
        return visible >= timeout
          ? []
          : [
              finding(
                queue,
                `visibilityTimeoutSeconds is ${visible}, but ${fn.name} may run ${timeout} seconds: AWS refuses the mapping. Set it to ${6 * timeout}, six times as long.`,
              ),
            ];
      }),
  },
  {
    name: "lambda.poller-rights",
    says: "The role of a consumer may receive from, delete on and look at its queue: Lambda polls with that role.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    check: (graph) =>
      consumers(graph).flatMap(({ mapping: resource, queue, fn }) => {
        const role = roleByArn(graph, fn.inputs.role);
        if (!role) return [];
        const lacking = pollerActions.filter(
          (action) => !mayCall(graph, role, { action, resource: String(queue.outputs.arn) }),
        );
        return lacking.length === 0
          ? []
          : [
              finding(
                resource,
                `${role.name} lacks ${lacking.join(", ")} on ${queue.name}: AWS refuses the mapping. Allow it.`,
              ),
            ];
      }),
  },
  {
    name: "lambda.one-consumer",
    says: "A queue has at most one mapping to a function.",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    check: (graph) => {
      const key = ({ inputs }: GraphResource) => `${inputs.eventSourceArn} ${inputs.functionName}`;
      return [...Map.groupBy(ofType(graph, mapping), key).values()].flatMap(([first, ...others]) =>
        others.map((other) =>
          finding(other, `Maps the same queue to the same function as ${first?.name}. Remove one.`),
        ),
      );
    },
  },
];

function consumers(graph: Parameters<Rule["check"]>[0]) {
  return ofType(graph, mapping).flatMap((resource) => {
    const queue = ofType(graph, "aws:sqs/queue:Queue").find(
      ({ outputs }) => outputs.arn === resource.inputs.eventSourceArn,
    );
    const fn = ofType(graph, lambda).find(({ inputs, outputs }) =>
      [inputs.name, outputs.arn].includes(resource.inputs.functionName),
    );
    return queue && fn ? [{ mapping: resource, queue, fn }] : [];
  });
}

function variablesOf(fn: GraphResource): Record<string, unknown> {
  return (at(fn, "environment.variables") ?? {}) as Record<string, unknown>;
}
