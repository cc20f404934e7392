import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** The modules of a page, by their paths. */
const modules: Record<string, string> = {
  "/booking.js": "booking.js",
  "/sdk.js": "node_modules/@appointments/sdk/dist/index.js",
};

const worker = `
import { book } from "/booking.js";
onmessage = async ({ data }) => {
  try {
    postMessage({ outcome: await book(data) });
  } catch (error) {
    postMessage({ error: String(error.stack) });
  }
};`;

/**
 * Serves a consumer's program to a browser, from an origin that is not the API's. Its page has `book`, which books in the page itself,
 * and `bookInWorker`.
 */
export async function servePage(folder: string) {
  const page = `<!doctype html><title>Consumer</title><script type="module">
import { book } from "/booking.js";
const bookInWorker = (task) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.outcome));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(task);
  });
Object.assign(globalThis, { book, bookInWorker });
</script>`;
  const server = createServer(async ({ url = "" }, response) => {
    const module = modules[url];
    const text =
      module === undefined
        ? { "/": page, "/worker.js": worker }[url]
        : // What a bundler or an import map does; a worker has no import map.
          (await readFile(join(folder, module), "utf8")).replace('"@appointments/sdk"', '"/sdk.js"');
    response.writeHead(text === undefined ? 404 : 200, {
      "content-type": url === "/" ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8",
    });
    response.end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's
  return {
    url: `http://127.0.0.1:${port}/`,
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
