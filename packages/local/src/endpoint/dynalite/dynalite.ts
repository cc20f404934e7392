import type { Server } from "node:http";
import dynalite from "dynalite";
import { countCapacity } from "./capacity.ts";
import { answerConditions } from "./condition.ts";

export interface Dynalite {
  url: string;
  stop: () => Promise<void>;
}

/** Starts dynalite (DynamoDB) on a free loopback port, its tables in the folder `path` or, without it, in memory. */
export async function startDynalite(options: { path?: string }): Promise<Dynalite> {
  countCapacity();
  answerConditions();
  const server: Server = dynalite({
    createTableMs: 0,
    updateTableMs: 0,
    deleteTableMs: 0,
    ...(options.path === undefined ? {} : { path: options.path }),
  });
  // Longer than any client keeps an idle connection, so that no request meets one that is just being closed.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("dynalite did not get a port");
  return { url: `http://127.0.0.1:${address.port}`, stop: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
    // Requests still under way get a moment: dynalite throws when its store closes under one.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  });
}
