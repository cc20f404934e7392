import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { localise } from "./address.ts";

const randomPassword = "random:index/randomPassword:RandomPassword";

/**
 * The graph with passwords of its own in the place of the generated ones, which are the same wherever sst.config.ts is evaluated.
 * They are made once and kept in the data folder, as on AWS they are kept in the state of the stage.
 *
 * @param dataDir absolute path; only this user may look into it
 */
export async function withOwnPasswords(graph: Graph, dataDir: string): Promise<Graph> {
  const generated = graph.resources.flatMap(({ type, name, outputs }) =>
    type === randomPassword && typeof outputs.result === "string" ? [{ name, placeholder: outputs.result }] : [],
  );
  if (generated.length === 0) return graph;
  const file = join(dataDir, "passwords.json");
  const known: Record<string, string> = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
  const made = Object.fromEntries(
    generated.map(({ name, placeholder }) => [name, known[name] ?? randomOf(placeholder.length)]),
  );
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify({ ...known, ...made }, null, 2)}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return localise(graph, new Map(generated.map(({ name, placeholder }) => [placeholder, made[name] ?? ""])));
}

/** Letters and digits only: as good in a URL as in SQL. */
const randomOf = (length: number): string => randomBytes(length).toString("hex").slice(0, length);
