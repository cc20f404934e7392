import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { newRequestId } from "./event.ts";

/** What Node answers by itself, without a word that API Gateway would say: status by the parser's error code. */
const statuses: Record<string, readonly [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "Request Entity Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
};

/**
 * Makes a server refuse what is no request of HTTP in the words of API Gateway: JSON with a `message`, and a request id.
 * AWS documents neither status nor words of these; the statuses are those of RFC 9110.
 */
export function refuseInJson(server: Server, refused: (status: number, requestId: string) => void): void {
  const refuse = (socket: Duplex, status: number, message: string) => {
    if (!socket.writable) return socket.destroy();
    const requestId = newRequestId();
    const body = JSON.stringify({ message });
    const head = [
      `HTTP/1.1 ${status} ${message}`,
      "content-type: application/json",
      `content-length: ${body.length}`,
      `apigw-requestid: ${requestId}`,
      "connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
    refused(status, requestId);
  };
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Whoever hung up waits for no answer.
    if (error.code === "ECONNRESET") return socket.destroy();
    refuse(socket, ...(statuses[error.code ?? ""] ?? ([400, "Bad Request"] as const)));
  });
  server.on("connect", (_request, socket) => refuse(socket, 405, "Method Not Allowed"));
}

const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Whether a request names a host once, properly, and a path: an absolute URL or `*` leads to no route. */
export function isAddressed({ url, rawHeaders, headers }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  return url?.startsWith("/") === true && hosts.length === 1 && host.test(headers.host ?? "");
}
