import { startDynamodbLocal } from "./dynamodb-local.ts";
import { startMinistack } from "./ministack.ts";
import { startMoto } from "./moto.ts";
import type { StartProgram } from "./program.ts";

/** The targets that a program here serves, by the name that `--target` takes. */
export const targetPrograms = {
  ministack: startMinistack,
  moto: startMoto,
  "dynamodb-local": startDynamodbLocal,
} satisfies Record<string, StartProgram>;

export type ProgramName = keyof typeof targetPrograms;

export function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(targetPrograms, name);
}
