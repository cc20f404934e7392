import { Agent, request } from "node:http";

/** A request as it goes over the wire. Headers are pairs, because one may come twice. */
export interface WalkRequest {
  operationId: string;
  /** How it is broken; nothing when it is as the document wants it. */
  broken?: string;
  method: string;
  path: string;
  query: string;
  headers: [name: string, value: string][];
  body?: Buffer;
}

export interface WalkAnswer {
  status: number;
  text: string;
}

/** Sends requests over connections that are kept: as they are, which fetch would not. */
export function sender(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = ({ method, path, query, headers, body }: WalkRequest): Promise<WalkAnswer> =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const sent = request(
        {
          agent,
          method,
          host: target.hostname,
          port: target.port,
          path: query === "" ? path : `${path}?${query}`,
          headers: ["host", target.host, ...headers.flat(), ...(body ? ["content-length", String(body.length)] : [])],
          timeout: 60_000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
          response.on("error", reject);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error("no answer for a minute")));
      sent.on("error", reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}
