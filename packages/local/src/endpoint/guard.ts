import type { RequestListener, Server } from "node:http";

/**
 * Lets nobody use a server but who knows its access key, which is as good as a secret: only the gateway is told it. The
 * emulators check no signatures and no rights, so a program that found their port could go round the gateway.
 */
export function guard(server: Server, accessKeyId: string): void {
  const listeners = server.listeners("request") as RequestListener[]; // what "request" calls
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    if (request.headers.authorization?.includes(`Credential=${accessKeyId}/`)) {
      for (const listener of listeners) listener.call(server, request, response);
      return;
    }
    request.resume();
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: "Only the gateway may call this. Use the endpoint that the start names." }));
  });
}
