import { styleText } from "node:util";

/** Shows what a start is doing: a line when something long begins, a line with its time when a step is done. */
export interface Progress {
  /** Runs a step. What it returns as `detail` stands in its line. */
  step<T>(name: string, work: (say: (message: string) => void) => Promise<{ value: T; detail: string }>): Promise<T>;
}

export function showProgress(print: (line: string) => void): Progress {
  return {
    async step(name, work) {
      const startedAt = performance.now();
      const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      const say = (message: string) => print(`  ${styleText("dim", "…")} ${name.padEnd(11)} ${message}`);
      try {
        const { value, detail } = await work(say);
        print(`  ${styleText("green", "✓")} ${name.padEnd(11)} ${detail} ${styleText("dim", seconds())}`);
        return value;
      } catch (error) {
        print(`  ${styleText("red", "✗")} ${name.padEnd(11)} failed after ${seconds()}`);
        throw error;
      }
    },
  };
}

export const noProgress: Progress = { step: async (_name, work) => (await work(() => {})).value };
