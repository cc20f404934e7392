import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";

/** What a whole run of the campaign found; the report is made of it. */
export interface Results {
  systematic?: {
    database: string;
    seconds: number;
    pairs: { kind: string; occurrence: number; fault: string; hits: number; violations: string[] }[];
  };
  mysql?: { verb: string; fault: string; hits: number; violations: string[] }[];
  controls?: { name: string; caught: boolean; runs: number; violations: string[] }[];
  random?: {
    database: string;
    seconds: number;
    /** The first and the last; each between them was run once. */
    seeds: [first: number, last: number];
    runs: number;
    /** Requests that were answered 202, lines of history, calls that met a fault, messages that were sent again at the end. */
    accepted: number;
    transitions: number;
    faults: number;
    messages: number;
    /** How often each command was run. */
    commands: Record<string, number>;
    violations: string[];
  };
  contention?: { rounds: number; clients: number; violations: string[] };
}

const file = join(root, "packages/tests/src/fault/results.json");

export const readResults = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {}); // written below

/** Replaces a part of the results. Synchronous, so that two suites' parts do not overwrite one another's. */
export function writeResults(part: Results): void {
  writeFileSync(file, `${JSON.stringify({ ...readResults(), ...part }, undefined, 2)}\n`);
}
