import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { configEnvironment } from "@appointments/graph/evaluate";
import { checkEndpointUrl } from "../endpoint/emulators.ts";

export const usage = `npm start [-- options]          runs the whole system of sst.config.ts on this machine

  --port N           port of the API              (PORT, also in .env; default 3000)
  --gateway-port N   port for AWS calls           (GATEWAY_PORT, also in .env; default 4566)
  --aws URL          an AWS-compatible endpoint (MiniStack, LocalStack, …) instead of the embedded emulators;
                     the gateway stays in front of it, on port 4567
  --aws-dynamodb URL the same for DynamoDB alone, e.g. Amazon's DynamoDB Local
  --data FOLDER      where state and logs are     (default .local)
  --root FOLDER      where sst.config.ts is       (default: here)
  --config FILE      what is particular to the app
  --fresh            forget the state of the last run
  --open             let everybody call the API, without a token, as an operator would
  --inspect          let a debugger attach to the functions; nothing times out
  --help             this text

State survives a restart. Ctrl-C stops everything; pressed again a second later, it does not wait.`;

const options = {
  port: { type: "string" },
  "gateway-port": { type: "string" },
  aws: { type: "string" },
  "aws-dynamodb": { type: "string" },
  data: { type: "string" },
  root: { type: "string", default: "." },
  config: { type: "string" },
  fresh: { type: "boolean", default: false },
  inspect: { type: "boolean", default: false },
  open: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/**
 * Reads the command line; ports also from the environment and, as sst.config.ts does, from `.env`.
 *
 * @throws Error that names the option, for a wrong command line
 */
export function readSettings(args = process.argv.slice(2)) {
  const { values } = parseArgs({ args, options });
  const { fresh, inspect, open, help, "aws-dynamodb": dynamodb } = values;
  const root = resolve(values.root);
  const env = { ...process.env, ...configEnvironment(root, "local", { ambient: true, env: {} }) };
  // 4566 is the port of most endpoints that can be given.
  const gatewayDefault = values.aws === undefined ? "4566" : "4567";
  return {
    port: portOf("--port", values.port ?? env.PORT ?? "3000"),
    gatewayPort: portOf("--gateway-port", values["gateway-port"] ?? env.GATEWAY_PORT ?? gatewayDefault),
    aws: {
      ...(values.aws === undefined ? {} : { all: checkEndpointUrl("--aws", values.aws) }),
      ...(dynamodb === undefined ? {} : { dynamodb: checkEndpointUrl("--aws-dynamodb", dynamodb) }),
    },
    root,
    dataDir: resolve(values.data ?? join(root, ".local")),
    /** As the user named it. */
    ownData: values.data,
    config: values.config === undefined ? undefined : resolve(values.config),
    fresh,
    inspect,
    open,
    help,
  };
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} takes a port from 0 to 65535, not "${text}".`);
  return port;
}
