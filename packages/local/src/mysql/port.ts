import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";

/** The port of the last start if it is free, else a new one, which is remembered. */
export async function choosePort(dir: string): Promise<number> {
  const file = path.join(dir, "port");
  const remembered = Number(await readFile(file, "utf8").catch(() => ""));
  if (remembered > 0 && (await listenOn(remembered)) !== undefined) return remembered;
  const port = await listenOn(0);
  if (port === undefined) throw new Error("no free port on 127.0.0.1");
  await writeFile(file, String(port));
  return port;
}

function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
