import { once } from "node:events";
import { connect } from "node:net";
import type { Graph } from "@appointments/graph/graph";
import { createConnection } from "mysql2/promise";
import type { LocalConfig } from "../config.ts";
import { databaseUrls } from "./address.ts";

/** How long a given database may take to answer, in milliseconds. */
const patienceMs = 5_000;

/** A database that exists elsewhere: no resource of the graph, but in a link. */
interface GivenDatabase {
  name: string;
  /** What the user set, for messages. */
  variable: string;
  url: URL;
}

export function givenDatabases(graph: Graph, config: LocalConfig = {}): GivenDatabase[] {
  const own = new Set(graph.databases.flatMap(({ hosts, port }) => hosts.map((host) => `${host}:${port}`)));
  return Object.entries(databaseUrls(graph, graph.links, config.databaseVariable))
    .map(([name, url]) => ({ name, variable: config.urlVariable?.(name) ?? name, url: new URL(url) }))
    .filter(({ url }) => !own.has(`${url.hostname}:${url.port || 3306}`));
}

/**
 * Tries whether the given databases answer, before anything is started.
 *
 * One on this machine is asked whole, with its user. One elsewhere is only connected to: whether its certificate is to be
 * trusted with a password is for the function to judge.
 *
 * @throws Error that names the variable and the host, and no password
 */
export async function checkGiven(databases: GivenDatabase[]): Promise<void> {
  await Promise.all(
    databases.map(async (database) => {
      const { variable, url } = database;
      await (isHere(url) ? logIn(url) : greet(url)).catch((error: unknown) => {
        const why = error instanceof Error ? error.message || String("code" in error ? error.code : error.name) : error;
        throw new Error(`${variable} is no use: ${addressOf(url)} says ${why}. Correct it, or take it out.`, {
          cause: error,
        });
      });
    }),
  );
}

/** Where a given database is, without its password: for errors of functions that use it. */
export function describeGivenDatabases(databases: GivenDatabase[]): string {
  return databases.map(({ variable, url }) => `${variable} (${addressOf(url)})`).join(", ");
}

const addressOf = ({ hostname, port, pathname }: URL): string => `${hostname}:${port || 3306}${pathname}`;
const isHere = ({ hostname }: URL): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

async function logIn(url: URL): Promise<void> {
  const connection = await createConnection({
    host: hostOf(url),
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    connectTimeout: patienceMs,
    ...(/^(REQUIRED|VERIFY_IDENTITY)$/i.test(url.searchParams.get("ssl-mode") ?? "") && {
      ssl: { rejectUnauthorized: false },
    }),
  });
  await connection.end();
}

/** A server of MySQL speaks first. */
async function greet(url: URL): Promise<void> {
  const socket = connect({ host: hostOf(url), port: Number(url.port || 3306) });
  try {
    await once(socket, "data", { signal: AbortSignal.timeout(patienceMs) });
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError")
      throw new Error(`nothing within ${patienceMs / 1000} s`, { cause: error });
    throw error;
  } finally {
    socket.destroy();
  }
}
