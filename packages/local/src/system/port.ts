import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Tries whether a port of this machine is free, before anything is started.
 *
 * @param how how another one is chosen, for the message
 * @throws Error with code `EADDRINUSE` when it is not
 */
export async function requireFree(port: number, how: string): Promise<void> {
  if (port === 0) return;
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `Port ${port} is taken by another program. Choose another with ${how}.`;
    throw Object.assign(new Error(message, { cause }), { code: "EADDRINUSE" });
  }
  server.close();
  await once(server, "close");
}
