import { createCipheriv, randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Graph, GraphFunction } from "@appointments/graph/graph";

/** Lambda's limit on all variables of a function together, in bytes of their JSON. */
const maxBytes = 4096;

/**
 * Refuses a function whose variables Lambda would refuse.
 *
 * What is measured was recorded on AWS on 2025-11-25: the object of all variables as JSON, 4,096 bytes pass and one
 * more does not.
 *
 * @throws Error when they are over 4 KB; values are not in its message, for they may be secret
 */
export function checkVariables({ name, environment }: GraphFunction): void {
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes <= maxBytes) return;
  throw new Error(
    `Lambda would refuse function ${name}: its environment variables come to ${bytes} bytes, the limit is 4 KB ` +
      `(${maxBytes} bytes). Give what is large as a link or as a file (copyFiles).`,
  );
}

/**
 * The whole environment of one execution environment: what Lambda sets, what the function declares, and what the
 * caller gives (credentials, region, `AWS_ENDPOINT_URL`). Nothing is inherited from this process.
 *
 * Lambda sets some more that name what is not here: its runtime API and its folders for layers and libraries.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function lambdaVariables(
  fn: GraphFunction,
  taskRoot: string,
  handler: string,
  given: Record<string, string>,
): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    ...fn.environment,
    ...given,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PWD: taskRoot,
    SHLVL: "0",
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
    // Nothing listens there; with tracing off nothing is sent.
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
  };
}

/** What a function's `Resource` holds besides the app: what it is linked to, and nothing else of what `links` holds. */
export function linksOf(fn: GraphFunction, links: Graph["links"]): Graph["links"] {
  return Object.fromEntries(Object.entries(links).filter(([name]) => fn.links.includes(name)));
}

/**
 * Puts a function's links beside its code as SST's CLI does: JSON, encrypted with the key that the function has in
 * `SST_KEY`, in the file that `SST_KEY_FILE` names. `Resource` of the `sst` package reads them there. A function that
 * has no such key gets no file.
 *
 * The nonce is zero because SST's is: a key there encrypts nothing but one app's links.
 *
 * Source: https://github.com/anomalyco/sst/blob/dev/pkg/runtime/runtime.go
 */
export async function writeLinks(fn: GraphFunction, taskRoot: string, links: Record<string, unknown>): Promise<void> {
  const { SST_KEY: key, SST_KEY_FILE: file } = fn.environment;
  if (key === undefined || file === undefined) return;
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
  const target = path.join(taskRoot, file);
  // They hold passwords.
  await writeFile(`${target}.new`, sealed, { mode: 0o600 });
  // An environment that is just starting finds the old file or the new one, never a part.
  await rename(`${target}.new`, target);
}
