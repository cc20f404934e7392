import { createInterface } from "node:readline/promises";
import { run } from "./run.ts";

async function confirm(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await reader.question(`${question} [y/N] `));
  } finally {
    reader.close();
  }
}

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
  confirm: process.stdin.isTTY ? confirm : undefined,
});
