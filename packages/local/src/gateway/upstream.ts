import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Answer } from "../aws/request.ts";

export class UpstreamError extends Error {}

const timeoutMs = 30_000;

/** The gateway's connections to the services behind it, kept alive between calls. */
export function createUpstream() {
  const options = { keepAlive: true, maxFreeSockets: 64 };
  const agents = { plain: new Agent(options), tls: new TlsAgent(options) };
  /**
   * Sends one POST and reads the whole answer.
   *
   * @throws {UpstreamError} no answer: not reachable, given up by `signal`, or none within 30 s, more than SQS's longest
   * poll of 20 s
   */
  const send = async (url: string, headers: Record<string, string>, body: Buffer | string, signal: AbortSignal) => {
    const limit = AbortSignal.timeout(timeoutMs);
    for (let attempt = 1; ; attempt++) {
      try {
        return await post(agents, url, headers, body, limit, signal);
      } catch (error) {
        // A kept-alive connection may be closed just as it is used again: the call never arrived, so it is sent once more.
        if (error instanceof StaleConnection && attempt === 1) continue;
        const why = limit.aborted ? `no answer within ${timeoutMs} ms` : error instanceof Error ? error.message : error;
        throw new UpstreamError(`${new URL(url).host}: ${why}`, { cause: error });
      }
    }
  };
  const stop = () => {
    agents.plain.destroy();
    agents.tls.destroy();
  };
  return { send, stop };
}

export type Upstream = ReturnType<typeof createUpstream>;

class StaleConnection extends Error {}

async function post(
  agents: { plain: Agent; tls: TlsAgent },
  url: string,
  headers: Record<string, string>,
  body: Buffer | string,
  limit: AbortSignal,
  hangUp: AbortSignal,
): Promise<Answer> {
  const payload = Buffer.from(body);
  const tls = url.startsWith("https:");
  const request = (tls ? httpsRequest : httpRequest)(url, {
    method: "POST",
    agent: tls ? agents.tls : agents.plain,
    headers: { ...headers, "content-length": String(payload.length) },
    signal: limit,
  });
  // The body goes out whole before a hang-up is passed on: an emulator in this process may not survive half a request.
  request.on("finish", () => addAbortSignal(hangUp, request));
  // One after the answer has begun is an error of the response too.
  request.on("error", () => {});
  request.end(payload);
  const opened = once(request, "response").catch((error: NodeJS.ErrnoException) => {
    throw request.reusedSocket && error.code === "ECONNRESET" ? new StaleConnection(error.message) : error;
  });
  const response: IncomingMessage = (await opened)[0];
  const { statusCode: status = 502, headers: raw } = response;
  const kept = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { status, headers: Object.fromEntries(kept), body: await buffer(response) };
}
