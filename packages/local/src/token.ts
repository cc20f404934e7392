import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type LocalConfig, readConfig } from "./config.ts";
import { issuerPath } from "./issuer/documents.ts";
import { knownKey } from "./issuer/key.ts";
import { sign } from "./issuer/token.ts";
import { readState, type SystemState } from "./system/state.ts";

/** A command line that cannot be followed; the message says why. */
class UsageError extends Error {
  override name = "UsageError";
}

const usage = ({
  tokens = {},
}: LocalConfig) => `npm run --silent token -- KIND [arguments]   prints a token for the APIs of the running local system, good for a day

${Object.entries(tokens)
  .map(([kind, { usage, help }]) => `  ${`${kind} ${usage}`.padEnd(22)} ${help}`)
  .join("\n")}

  --data FOLDER          state of the local system (default .local)
  --help                 this text`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      config: { type: "string" },
      data: { type: "string", default: ".local" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
    strict: false,
  });
  const { config: file, data, help, ...unknown } = values;
  const config = await readConfig(typeof file === "string" ? resolve(file) : undefined);
  if (help) {
    process.stdout.write(`${usage(config)}\n`);
    return 0;
  }
  try {
    const [strange] = Object.keys(unknown);
    if (strange !== undefined || typeof data !== "string")
      throw new UsageError(`Unknown option --${strange ?? "data"}.`);
    const [kind = "", ...args] = positionals;
    process.stdout.write(`${await tokenOf(config, resolve(data), kind, args)}\n`);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof UsageError ? `${message}\n\n${usage(config)}\n` : `${message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function tokenOf(config: LocalConfig, dataDir: string, kind: string, args: string[]): Promise<string> {
  const made = Object.hasOwn(config.tokens ?? {}, kind) ? config.tokens?.[kind] : undefined;
  if (!made) throw new UsageError(kind === "" ? "A token of which kind?" : `There is no kind of token "${kind}".`);
  const state = await readState(dataDir);
  if (!state) throw new Error(`Nothing runs on ${dataDir}: run npm start first, in another terminal.`);
  const key = await ownKey(state, dataDir);
  let claims: Record<string, unknown>;
  try {
    claims = made.claims(args, state.clients);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return sign(key, state.gateway.url + issuerPath, claims);
}

/** @throws Error when the APIs take the tokens of another issuer */
async function ownKey({ issuer, gateway }: SystemState, dataDir: string) {
  const key = issuer === gateway.url + issuerPath ? await knownKey(dataDir) : undefined;
  if (key) return key;
  throw new Error(
    issuer === undefined
      ? "No API of the running system asks for a token."
      : `The running system takes the tokens of ${issuer}: get one there.`,
  );
}
