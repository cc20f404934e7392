import { pathToFileURL } from "node:url";

/**
 * What the tools know of one app beyond its graph. Everything has a default, so an app without such a file runs as well.
 * `--config FILE` names a module that exports it as `default`.
 */
export interface LocalConfig {
  /** What a start prints first. Default: the folder of sst.config.ts. */
  title?: string;
  /** The environment variable by whose value a function's database is known, e.g. a tenant. Default: the link's name. */
  databaseVariable?: string;
  /** How a user gives a database that exists, for messages. */
  givenDatabases?: string;
  /** The variable by which a user gives the database of that name. Default: only the name is known. */
  urlVariable?: (database: string) => string;
  /** What to try once the system is ready, as lines for a terminal. */
  examples?: (system: {
    apis: Record<string, string>;
    tokenCommand: (kind: string, ...args: string[]) => string;
  }) => string;
  /** The kinds of token that the local issuer makes, for APIs whose tokens come from a user pool of the app. */
  tokens?: Record<string, TokenKind>;
  /** The kind of token that every caller is taken to have under `--open`. */
  openAs?: string;
  /** Options of the log reader that select entries by the value of a field. */
  logOptions?: Record<string, { field: string; help: string }>;
  /** The command that applies the migrations of one database, with its variables. */
  migrate?: (database: { name: string; url: string }) => { command: string[]; env: Record<string, string> };
}

export interface TokenKind {
  /** Its arguments, for the help: `[NAME ...]`. */
  usage: string;
  /** What such a token allows, in a few words. */
  help: string;
  /**
   * Its claims, beyond `iss`, `iat`, `exp` and `jti`.
   *
   * @param args from the command line; none for the ready token in system.json
   * @param clients ids of the user pools' clients, by their names in sst.config.ts
   * @throws Error that says what is wrong with the arguments
   */
  claims: (args: string[], clients: Record<string, string>) => Record<string, unknown>;
}

/**
 * Reads the configuration of an app.
 *
 * @param file absolute path of its module; the defaults apply without one
 * @throws Error when there is no such file, or it has no default export
 */
export async function readConfig(file: string | undefined): Promise<LocalConfig> {
  if (file === undefined) return {};
  const module: { default?: LocalConfig } = await import(pathToFileURL(file).href);
  if (typeof module.default !== "object") throw new Error(`${file} must export a configuration as default.`);
  return module.default;
}
