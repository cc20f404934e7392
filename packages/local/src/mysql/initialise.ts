import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { guardChild } from "../process/process.ts";
import { type Binary, findTool } from "./server.ts";

const initialiseTimeoutMs = 120_000;

/**
 * Makes the data folder `dir/data` when there is none.
 *
 * @throws Error when it cannot, or when the folder there was made by the other kind of server
 */
export async function initialise(binary: Binary, dir: string, onProgress: (message: string) => void): Promise<void> {
  const data = path.join(dir, "data");
  const madeBy = path.join(dir, "server");
  if (existsSync(data)) {
    const kind = await readFile(madeBy, "utf8").catch(() => binary.kind);
    if (kind === binary.kind) return;
    throw new Error(
      `The data in ${dir} was made by ${kind}, but the server found now is ${binary.kind} (${binary.file}). ` +
        "Start with --fresh to begin anew, or install the other one again.",
    );
  }
  onProgress(`preparing a ${binary.kind} ${binary.version} data folder`);
  // Under another name until it is whole, so that an interrupted attempt is not taken for data; under one of its own,
  // because the tool of an attempt that was killed may still be writing for a moment.
  const draft = await mkdtemp(path.join(dir, "data.draft-"));
  const [tool, args] = await initialiseCommand(binary, draft);
  const child = spawn(tool, args, {
    // MariaDB clears its folder for temporary files of all such tables as it starts, also of another server's.
    env: { ...process.env, TMPDIR: dir },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: initialiseTimeoutMs,
    detached: true,
  });
  guardChild(child);
  let output = "";
  child.stderr.on("data", (chunk) => {
    output = (output + chunk).slice(-2_000);
  });
  const [code, signal] = await once(child, "close").catch((error: Error) => [error.message]);
  if (code !== 0) throw new Error(`${tool} could not make a data folder: ${output || (signal ?? code)}`);
  await writeFile(madeBy, binary.kind);
  await rename(draft, data);
  for (const left of (await readdir(dir)).filter((name) => name.startsWith("data.draft"))) {
    await rm(path.join(dir, left), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function initialiseCommand(binary: Binary, data: string): Promise<[string, string[]]> {
  const common = ["--no-defaults", `--datadir=${data}`, ...asRoot()];
  if (binary.kind === "mysql") return [binary.file, [...common, "--initialize-insecure"]];
  const tool = await findTool(["mariadb-install-db", "mysql_install_db"], binary);
  if (tool === undefined) throw new Error(`mariadb-install-db was not found beside ${binary.file}`);
  return [tool, [...common, "--auth-root-authentication-method=normal", "--skip-test-db"]];
}

/** Servers refuse to run as root without this option. */
export function asRoot(): string[] {
  return process.getuid?.() === 0 ? ["--user=root"] : [];
}

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
