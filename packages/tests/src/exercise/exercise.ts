import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { copyRepository, root } from "../repository.ts";

export type Exercise = Awaited<ReturnType<typeof openExercise>>;

/** A copy of the repository that a change is tried on. */
export async function openExercise() {
  const copy = await copyRepository();
  const kit = ["package.json", "node_modules", "src/kit", "src/repository.ts"].map((name) => `packages/tests/${name}`);
  for (const name of ["packages/ops", "tsconfig.json", "sst-env.d.ts", ...kit]) {
    await cp(join(root, name), join(copy.root, name), { recursive: true, verbatimSymlinks: true });
  }
  const { compilerOptions } = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8"));
  const sources = { compilerOptions, include: ["packages", "sst-env.d.ts"] };
  const exclude = ["**/node_modules", "**/*.test.ts", "**/testing", "packages/infra", "packages/tests"];
  await copy.write("tsconfig.sources.json", JSON.stringify({ ...sources, exclude }));

  /** Runs a program of the repository in the copy. */
  const run = (program: string, args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve, reject) => {
      execFile(join(root, "node_modules", program), args, { cwd: copy.root }, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") resolve({ code, output: stripVTControlCharacters(stdout + stderr) });
        else reject(error);
      });
    });
  const compile = async (project: string) => (await run(".bin/tsc", ["-p", project, "--pretty", "false"])).output;

  return {
    ...copy,
    run,
    /** What the compiler says of sst.config.ts and infra. */
    graphTypes: () => compile("packages/infra/tsconfig.json"),
    /** What the compiler says of core, functions and ops, tests left out: each error with the function whose body it is in. */
    async types(): Promise<{ file: string; within: string; text: string }[]> {
      const said = await compile("tsconfig.sources.json");
      const faults = [...said.matchAll(/^packages\/(.+)\((\d+),\d+\): error (.+)$/gm)];
      const located = faults.map(async ([, file = "", line, text = ""]) => {
        const source = await readFile(join(copy.root, "packages", file), "utf8");
        return { file, within: functionAt(source, Number(line)), text };
      });
      return Promise.all(located);
    },
  };
}

/** The name of the function, or the constant, that begins last before a line. */
function functionAt(source: string, line: number): string {
  const names = source
    .split("\n")
    .slice(0, line)
    .map((text) => /^(?:export )?(?:async )?(?:function|const) (\w+)/.exec(text)?.[1]);
  return names.findLast((name) => name !== undefined) ?? "";
}
