import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutant, Position } from "@stryker-mutator/api/core";
import type { Ignorer } from "@stryker-mutator/api/ignore";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { root } from "../repository.ts";

/** What is read here of a path of Babel, whose types Stryker does not hand out. */
interface Path {
  node: { name?: string };
  key: string | number;
  parent: {
    type: string;
    callee?: { name?: string };
    key?: { name?: string };
    id?: { name?: string };
    test?: { object?: { type: string } };
  };
}

/** Leaves out texts for people, which a test would only repeat, and the command that a module also is (a process of its own). */
export const ignorer: Ignorer = {
  shouldIgnore(path) {
    const { key, parent } = path as unknown as Path; // Stryker's own type of a path is empty
    if (parent.type === "NewExpression" && parent.callee?.name === "AppError" && key === 1) return "a message";
    if (parent.type === "VariableDeclarator" && parent.id?.name === "message" && key === "init") return "a message";
    if (parent.type === "ObjectProperty" && /description$/i.test(parent.key?.name ?? "")) return "a description";
    if (parent.type === "IfStatement" && parent.test?.object?.type === "MetaProperty") return "a command";
    return undefined;
  },
};

const silent = { isDebugEnabled: () => false, isTraceEnabled: () => false, debug() {}, info() {}, warn() {} };

/** Every mutant that Stryker makes of what runs in production. */
export async function allMutants(): Promise<Mutant[]> {
  const files: { name: string; content: string }[] = [];
  for await (const name of glob("packages/{core,functions,infra}/src/**/*.ts", { cwd: root })) {
    if (/\.test\.ts$|\/testing\//.test(name)) continue;
    files.push({ name, content: await readFile(join(root, name), "utf8") });
  }
  return mutantsOf(files.sort((one, other) => (one.name < other.name ? -1 : 1)));
}

export async function mutantsOf(files: { name: string; content: string }[]): Promise<Mutant[]> {
  const options = { plugins: null, excludedMutations: [], ignorers: [ignorer] };
  const instrumenter = new Instrumenter(silent as never); // of a logger it calls these
  const { mutants } = await instrumenter.instrument(
    files.map((file) => ({ ...file, mutate: true })),
    options,
  );
  return mutants.filter(({ status }) => status !== "Ignored");
}

/**
 * `packages/core/src/time.ts:12:7-12:18 EqualityOperator: attempt <= 5`
 *
 * @param first how the mutant counts: lines and columns from 0 before it was run, from 1 in a result
 */
export function describeMutant(mutant: Mutant, first: 0 | 1): string {
  const { fileName, location, mutatorName, replacement } = mutant;
  const file = fileName.slice(fileName.lastIndexOf("packages/"));
  const at = ({ line, column }: Position) => `${line + 1 - first}:${column + 1 - first}`;
  const by = replacement?.replaceAll(/\s+/g, " ");
  return `${file}:${at(location.start)}-${at(location.end)} ${mutatorName}: ${by}`;
}
