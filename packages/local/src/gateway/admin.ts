import type { IncomingMessage, ServerResponse } from "node:http";
import { type Faults, parseFaults } from "./fault.ts";
import type { Meter } from "./meter.ts";

/** One call, for those who look at what happened. Holds no payload: payloads may be personal data. */
export interface RequestRecord {
  time: string;
  function: string;
  service: string;
  action: string;
  /** ARNs, as the policies see them. */
  resources: string[];
  /** 0 when the connection was broken without an answer. */
  status: number;
  errorCode?: string;
  durationMs: number;
  fault?: string;
}

/**
 * The local system's own routes, under `/_local/`:
 * `GET meter`, `POST meter/reset`, `GET requests`, `GET`, `POST`, `DELETE faults`, and what `document` knows by its path.
 */
export async function serveAdmin(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  state: { meter: Meter; faults: Faults; recent: () => RequestRecord[]; document: (path: string) => unknown },
): Promise<void> {
  const answer = (status: number, value: unknown) => {
    outgoing.writeHead(status, { "content-type": "application/json" });
    outgoing.end(`${JSON.stringify(value)}\n`);
  };
  const path = new URL(incoming.url ?? "/", "http://localhost").pathname;
  // A page in a browser can send a plain POST to any port, but not one with this type: it would have to ask first.
  if (incoming.method === "POST" && !incoming.headers["content-type"]?.startsWith("application/json")) {
    return answer(415, { error: "Send content-type: application/json." });
  }
  switch (`${incoming.method} ${path}`) {
    case "GET /_local/meter":
      return answer(200, state.meter.read());
    case "POST /_local/meter/reset":
      state.meter.reset();
      return answer(200, state.meter.read());
    case "GET /_local/requests":
      return answer(200, state.recent());
    case "GET /_local/faults":
      return answer(200, state.faults.list());
    case "POST /_local/faults":
      try {
        state.faults.add(parseFaults(JSON.parse(await body(incoming))));
        return answer(200, state.faults.list());
      } catch (error) {
        return answer(400, { error: error instanceof Error ? error.message : String(error) });
      }
    case "DELETE /_local/faults":
      state.faults.clear();
      return answer(200, []);
    default: {
      const document = incoming.method === "GET" ? state.document(path) : undefined;
      if (document !== undefined) return answer(200, document);
      return answer(404, {
        error: "GET /_local/meter, POST /_local/meter/reset, GET /_local/requests, GET|POST|DELETE /_local/faults",
      });
    }
  }
}

async function body(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming) {
    text += chunk;
    if (text.length > 65_536) throw new Error("The body is over 64 KB.");
  }
  return text;
}
