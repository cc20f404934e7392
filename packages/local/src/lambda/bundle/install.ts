import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeoutMs = 120_000;

/**
 * Installs packages into a task root with npm, as SST does, but for this machine's platform.
 *
 * @param packages - name → version range; `*` means the one in the nearest package.json
 * @param from - where the search for that package.json begins, going up to `root`
 */
export async function installPackages(
  packages: Record<string, string>,
  from: string,
  root: string,
  taskRoot: string,
): Promise<void> {
  if (Object.keys(packages).length === 0) return;
  const known = await nearestDependencies(from, root);
  const dependencies = Object.fromEntries(
    Object.entries(packages).map(([name, range]) => [name, range === "*" ? (known[name] ?? "*") : range]),
  );
  const manifest = JSON.stringify({ dependencies });
  const file = path.join(taskRoot, "package.json");
  if ((await readFile(file, "utf8").catch(() => "")) === manifest) return;
  await run("npm", ["install", "--force", "--no-audit", "--no-fund", "--prefix", taskRoot, ...specs(dependencies)], {
    cwd: taskRoot,
    timeout: timeoutMs,
  });
  // Last, so that an installation that broke off is begun again.
  await writeFile(file, manifest);
}

function specs(dependencies: Record<string, string>): string[] {
  return Object.entries(dependencies).map(([name, range]) => `${name}@${range}`);
}

async function nearestDependencies(from: string, root: string): Promise<Record<string, string>> {
  const text = await readFile(path.join(from, "package.json"), "utf8").catch(() => undefined);
  if (text !== undefined) {
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(text);
    return manifest.dependencies ?? {};
  }
  const parent = path.dirname(from);
  return from === root || parent === from ? {} : nearestDependencies(parent, root);
}
