import { readFileSync } from "node:fs";
import { type Checker, CheckStatus } from "@stryker-mutator/api/check";
import { declareFactoryPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";
import type { Reporter } from "@stryker-mutator/api/report";
import { describeMutant, ignorer } from "./mutants.ts";

/** Rejects what is not in the sample before it is run. By itself Stryker can only be given ranges of a source. */
function sample(): Checker {
  const names = new Set<string>(JSON.parse(readFileSync(process.env.MUTATION_SAMPLE ?? "", "utf8")));
  const passed = { status: CheckStatus.Passed } as const;
  const rejected = { status: CheckStatus.CompileError, reason: "not in the sample" } as const;
  return {
    init: async () => {},
    group: async (mutants) => [mutants.map(({ id }) => id)],
    check: async (mutants) =>
      Object.fromEntries(mutants.map((it) => [it.id, names.has(describeMutant(it, 0)) ? passed : rejected])),
  };
}

/** A line for each mutant that was run. */
const lines = (): Reporter => ({
  onMutantTested: (result) => {
    if (result.status !== "CompileError" && result.status !== "Ignored")
      console.log(`${result.status} ${describeMutant(result, 1)}`);
  },
});

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.Checker, "sample", sample),
  declareFactoryPlugin(PluginKind.Reporter, "lines", lines),
  declareValuePlugin(PluginKind.Ignore, "text", ignorer),
];
