import type { GivenEndpoints } from "@appointments/local/endpoint/given";
import { startDynamodbLocal } from "./dynamodb-local.ts";
import type { Say } from "./install.ts";
import { startMinistack } from "./ministack.ts";
import { startMoto } from "./moto.ts";
import type { Program } from "./program.ts";

/** A program that stands behind the gateway in the place of the embedded emulators. */
export interface TargetProgram extends Program {
  /** With its name: `moto 5.2.5`. */
  version: string;
  /** What it serves, as `npm start -- --aws` takes it. */
  given: GivenEndpoints;
}

/** Installs it when it is not there yet, and starts one with no state, on a free port. */
export type StartProgram = (say: Say) => Promise<TargetProgram>;

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
