import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON, or as it is when it is text. */
  body?: unknown;
}

/** What the server does with a request: answers, never answers, or cuts the connection before the answer or in its middle. */
export type Reply = Scripted | "never" | "cut" | "cut-in-body";

/**
 * An HTTP server that answers each request by a script, in order, and then by its last line. A line may depend on the request.
 *
 * `await using` closes it.
 */
export async function startServer(...script: (Reply | ((received: Received) => Reply))[]) {
  const received: Received[] = [];
  const arrivals: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = "", url = "", headers } = request;
    const seen = { method, url, headers, body: body === "" ? undefined : JSON.parse(body) };
    const line = script[Math.min(received.length, script.length - 1)];
    received.push(seen);
    for (const arrived of arrivals.splice(0)) arrived();
    answer(response, (typeof line === "function" ? line(seen) : line) ?? {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** Resolves when so many requests have come. */
    async came(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((arrived) => arrivals.push(arrived));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === "never") return;
  if (reply === "cut") return void response.destroy();
  if (reply === "cut-in-body") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"items":[', () => response.destroy());
    return;
  }
  const { status = 200, headers = {}, body } = reply;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
}

/** A problem as the API answers it. */
export const problem = (status: number, code: string, more: Scripted & { members?: object } = {}): Scripted => ({
  status,
  headers: { "content-type": "application/problem+json", ...more.headers },
  body: {
    type: "about:blank",
    title: code,
    status,
    detail: `Do what ${code} needs`,
    code,
    requestId: "r-1",
    ...more.members,
  },
});
