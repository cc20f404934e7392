import { randomUUID } from "node:crypto";
import type { GraphFunction } from "@appointments/graph/graph";

/** Where SST keeps encrypted links on AWS. Here links are variables, so there is no such file. */
const sealed = new Set(["SST_KEY", "SST_KEY_FILE"]);

/**
 * The whole environment of one execution environment: what Lambda sets, what the function declares, and what the
 * caller gives (credentials, region, `AWS_ENDPOINT_URL`, links). Nothing is inherited from this process.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function lambdaVariables(
  fn: GraphFunction,
  taskRoot: string,
  handler: string,
  given: Record<string, string>,
): Record<string, string> {
  const declared = Object.entries(fn.environment).filter(([name]) => !sealed.has(name));
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    ...Object.fromEntries(declared),
    ...given,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PWD: taskRoot,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`,
  };
}

/**
 * The links of a function as environment variables, as the `sst` package reads them.
 *
 * @param links - what `Resource.<name>` shall hold, by name
 */
export function linkVariables(
  links: Record<string, unknown>,
  app: { name: string; stage: string },
): Record<string, string> {
  const entries = Object.entries({ ...links, App: app });
  return Object.fromEntries(entries.map(([name, value]) => [`SST_RESOURCE_${name}`, JSON.stringify(value)]));
}
