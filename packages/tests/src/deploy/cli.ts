import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "@appointments/app/graph";
import { sstBinary } from "@appointments/graph/platform";
import { copyRepository, root } from "../repository.ts";
import { startBootstrap } from "./bootstrap.ts";

const engine = fileURLToPath(new URL("pulumi.engine.ts", import.meta.url));

/** Far more than a command takes; one that asks something or waits for AWS ends here. */
const timeoutMs = 90_000;

/**
 * SST's own CLI in a copy of the repository, with a home of its own, no telemetry and no credentials.
 *
 * @param options.account give it credentials and an empty account, as far as it needs one before it deploys; and a program
 * `pulumi` that records instead of deploying
 */
export async function startCli({ account = false } = {}) {
  const copy = await copyRepository();
  await ownPlatform(copy.root);
  const home = await mkdtemp(join(tmpdir(), "appointments-home-"));
  const recordTo = join(home, "record.json");
  const bootstrap = account ? await startBootstrap() : undefined;
  if (bootstrap) await putEngine(join(home, "config/sst/bin/pulumi"));

  async function run(...args: string[]): Promise<{ status: number | null; output: string }> {
    const started = spawn(sstBinary(root), args, {
      cwd: copy.root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      env: {
        PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
        HOME: home,
        XDG_CONFIG_HOME: join(home, "config"),
        NO_COLOR: "1",
        SST_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
        // Else it would first download Pulumi and Bun from GitHub.
        SST_SKIP_DEPENDENCY_CHECK: "1",
        // Else it would look for the credentials of a machine on EC2.
        AWS_EC2_METADATA_DISABLED: "true",
        // Not production's: what the configuration says wins.
        AWS_REGION: "eu-west-1",
        ...config.stages[0]?.env,
        RECORD_TO: recordTo,
        ...(bootstrap && { AWS_ENDPOINT_URL: bootstrap.url, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" }),
      },
    });
    let output = "";
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [status] = await once(started, "close");
    return { status, output };
  }

  return {
    copy,
    run,
    bootstrap,
    recordTo,
    async stop() {
      await bootstrap?.stop();
      await copy.remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The CLI writes into the platform's folder, so each copy has one of its own, with the same things in it. */
async function ownPlatform(copy: string): Promise<void> {
  const [shared, own] = [join(root, ".sst/platform"), join(copy, ".sst/platform")];
  await unlink(own);
  await mkdir(own);
  for (const name of await readdir(shared)) {
    if (!/^(graph\.bundle|sst\.config)\./.test(name)) await symlink(join(shared, name), join(own, name));
  }
  await cp(join(root, ".sst/provider-lock.json"), join(copy, ".sst/provider-lock.json"));
}

async function putEngine(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${engine}" "$@"\n`);
  await chmod(file, 0o755);
}
