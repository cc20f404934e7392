import type { Graph, GraphResource } from "../graph.ts";
import { mayCall, pollerActions, roleByArn, trusts } from "../reach/access.ts";
import { at, aws, byArn, list, ofType, text } from "../resource.ts";
import { each, finding, type Rule, repeated } from "./rule.ts";

const variablesPage = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html";

/** Set by Lambda itself in every function; AWS refuses to create one that sets them. */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/** Of the Node runtimes, those a function can be created with. */
const nodeRuntimes = ["nodejs22.x", "nodejs24.x"];

export const lambdaRules: Rule[] = [
  each(aws.function, {
    name: "lambda.environment-size",
    says: "A function's environment variables, names and values, take at most 4 KB.",
    page: variablesPage,
    fault(fn) {
      // As AWS counts: the variables as JSON.
      const bytes = Buffer.byteLength(JSON.stringify(variablesOf(fn)));
      if (bytes <= 4096) return undefined;
      return `The environment takes ${bytes} bytes of 4096. Keep large values in a link, a parameter or a file.`;
    },
  }),
  each(aws.function, {
    name: "lambda.environment-name",
    says: "An environment variable has a name of letters, digits and underscores that Lambda does not keep for itself.",
    page: variablesPage,
    fault(fn) {
      const wrong = Object.keys(variablesOf(fn)).filter((name) => !/^[a-zA-Z]\w+$/.test(name) || reserved.test(name));
      return wrong.length !== 0 && `${wrong.join(", ")} cannot be set on a function. Name it differently.`;
    },
  }),
  each(aws.function, {
    name: "lambda.runtime",
    says: "A function's Node runtime is one that AWS still creates functions with.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    fault(fn) {
      const runtime = text(fn.inputs.runtime);
      if (!runtime?.startsWith("nodejs") || nodeRuntimes.includes(runtime)) return undefined;
      return `runtime is ${runtime}; AWS creates functions with ${nodeRuntimes.join(" and ")}.`;
    },
  }),
  each(aws.function, {
    name: "lambda.description",
    says: "A function's description has at most 256 characters.",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    fault(fn) {
      const { length } = text(fn.inputs.description) ?? "";
      return length > 256 && `The description has ${length} characters of 256. Shorten it.`;
    },
  }),
  each(aws.function, {
    name: "lambda.role",
    says: "A function's role lets Lambda take it on.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
    fault(fn, graph) {
      const role = roleByArn(graph, fn.inputs.role);
      if (!role || trusts(graph, role, "lambda.amazonaws.com")) return undefined;
      return `Role ${role.name} does not let lambda.amazonaws.com assume it. Add that to its trust policy.`;
    },
  }),
  each(aws.function, {
    name: "lambda.vpc-role",
    says: "A function in a VPC may make network interfaces.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    fault(fn, graph) {
      const role = roleByArn(graph, fn.inputs.role);
      if (!fn.inputs.vpcConfig || !role) return undefined;
      const attached = ofType(graph, aws.rolePolicyAttachment)
        .filter(({ inputs }) => inputs.role === role.inputs.name)
        .map(({ inputs }) => inputs.policyArn);
      const joins = [...list(role.inputs.managedPolicyArns), ...attached].some((arn) =>
        String(arn).endsWith("/AWSLambdaVPCAccessExecutionRole"),
      );
      const states = mayCall(graph, role, { action: "ec2:CreateNetworkInterface", resource: "*" });
      if (joins || states) return undefined;
      return `Role ${role.name} lacks AWSLambdaVPCAccessExecutionRole. Attach it.`;
    },
  }),
  each(aws.mapping, {
    name: "lambda.batch-window",
    says: "A batch of more than ten messages has a window of at least a second.",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    fault(resource, graph) {
      const size = Number(resource.inputs.batchSize ?? 10);
      const queue = byArn(graph, aws.queue, resource.inputs.eventSourceArn);
      if (queue?.inputs.fifoQueue === true) {
        return size > 10 && `batchSize is ${size}; a FIFO queue gives at most 10.`;
      }
      const window = Number(resource.inputs.maximumBatchingWindowInSeconds ?? 0);
      if (!(size > 10 && window < 1)) return undefined;
      return `batchSize is ${size} with a window of ${window} seconds. Set maximumBatchingWindowInSeconds to 1 or more, or batchSize to 10 or less.`;
    },
  }),
  {
    name: "lambda.visibility",
    says: "A queue's messages stay invisible at least as long as the function that consumes them may run.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    check: (graph) =>
      ofType(graph, aws.mapping)
        .flatMap((mapping) => consumerOf(graph, mapping))
        .flatMap(({ queue, fn }) => {
          const visible = Number(queue.inputs.visibilityTimeoutSeconds ?? 30);
          const timeout = Number(fn.inputs.timeout ?? 3);
          if (visible >= timeout) return [];
          const message = `visibilityTimeoutSeconds is ${visible}, but ${fn.name} may run ${timeout} seconds: AWS refuses the mapping. Set it to ${6 * timeout}, six times as long.`;
          return finding(queue, message);
        }),
  },
  each(aws.mapping, {
    name: "lambda.poller-rights",
    says: "The role of a consumer may receive from, delete on and look at its queue: Lambda polls with that role.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    fault(mapping, graph) {
      const [{ queue, fn } = {}] = consumerOf(graph, mapping);
      const role = roleByArn(graph, fn?.inputs.role);
      if (!queue || !role) return undefined;
      const resource = String(queue.outputs.arn);
      const lacking = pollerActions.filter((action) => !mayCall(graph, role, { action, resource }));
      if (lacking.length === 0) return undefined;
      return `${role.name} lacks ${lacking.join(", ")} on ${queue.name}: AWS refuses the mapping. Allow it.`;
    },
  }),
  {
    name: "lambda.one-consumer",
    says: "A queue has at most one mapping to a function.",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    check: (graph) =>
      repeated(
        ofType(graph, aws.mapping),
        ({ inputs }) => `${inputs.eventSourceArn} ${inputs.functionName}`,
        (first) => `Maps the same queue to the same function as ${first}. Remove one.`,
      ),
  },
];

/** The queue and the function of a mapping, when both are of this app. */
function consumerOf(graph: Graph, { inputs }: GraphResource): { queue: GraphResource; fn: GraphResource }[] {
  const queue = byArn(graph, aws.queue, inputs.eventSourceArn);
  const fn = ofType(graph, aws.function).find((other) =>
    [other.inputs.name, other.outputs.arn].includes(inputs.functionName),
  );
  return queue && fn ? [{ queue, fn }] : [];
}

function variablesOf(fn: GraphResource): Record<string, unknown> {
  return (at(fn, "environment.variables") ?? {}) as Record<string, unknown>;
}
