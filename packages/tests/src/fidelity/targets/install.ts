import { spawn } from "node:child_process";
import { once as ended } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../repository.ts";

/** Reports progress in a few words. */
export type Say = (message: string) => void;

/** Everything fetched for the targets; a folder for each version, so that a new version is fetched anew. */
const folder = join(root, ".local/targets");

/**
 * Installs a package of PyPI into a virtual environment of its own; does nothing when that was done before.
 *
 * @param requirement with its version pinned, as `moto[server]==5.2.5`
 * @returns the environment's folder; programs are in `bin`
 * @throws when there is no Python 3.10 with `venv`, or the package cannot be had
 */
export async function installPython(name: string, requirement: string, say: Say): Promise<string> {
  return once(name, say, async (dir) => {
    await run("python3", ["-m", "venv", dir], say, "Python 3.10 with venv (Debian: apt-get install python3-venv)");
    const options = ["--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--timeout", "30"];
    await run(join(dir, "bin/python"), ["-m", "pip", "install", ...options, requirement], say, "pip");
  });
}

type MavenPackage = Record<"groupId" | "artifactId" | "version", string>;

/**
 * Fetches a package of Maven Central with everything it needs; does nothing when that was done before.
 *
 * @returns the folder; the files are in `lib`
 * @throws when there is no Maven, or the package cannot be had
 */
export async function installMaven(name: string, dependency: MavenPackage, say: Say): Promise<string> {
  return once(name, say, async (dir) => {
    const pom = join(dir, "pom.xml");
    await mkdir(dir, { recursive: true });
    await writeFile(pom, pomOf(dependency));
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${join(dir, "lib")}`];
    await run("mvn", ["-q", "-B", "-f", pom, ...goal], say, "Maven and Java 17 (Debian: apt-get install maven)");
  });
}

function pomOf({ groupId, artifactId, version }: MavenPackage): string {
  const own = "<groupId>local</groupId><artifactId>target</artifactId><version>1</version>";
  const needed = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>${own}<dependencies><dependency>${needed}</dependency></dependencies></project>\n`;
}

/** Does the work once for a name: what was cut off is begun anew, as the mark is made last. */
async function once(name: string, say: Say, work: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(folder, name);
  const mark = join(dir, "installed");
  if (existsSync(mark)) return dir;
  say(`installing ${name} into .local/targets`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await work(dir);
  await writeFile(mark, `${new Date().toISOString()}\n`);
  return dir;
}

/** Runs a program to its end, at most ten minutes; its lines are shown as progress and, when it fails, in the error. */
async function run(program: string, args: string[], say: Say, needed: string): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (/^(Collecting|Downloading|Installing|Successfully)/.test(line)) say(line.slice(0, 100));
    });
  }
  const [status] = await ended(child, "close").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new Error(`This target needs ${needed}.`) : error;
  });
  if (status === 0) return;
  throw new Error(`${program} ${args.slice(0, 3).join(" ")} … ended with ${status}:\n${lines.slice(-15).join("\n")}`);
}
