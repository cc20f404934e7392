import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { familyOf, type Made, made } from "./source.ts";

/** What the long form of the campaign found; the report is made of it. Each part by the database's family: `MariaDB`, `MySQL`. */
export interface Results {
  systematic?: ByFamily<{ seconds: number; pairs: PairResult[] }>;
  mysql?: ByFamily<{ runs: MysqlResult[] }>;
  controls?: ByFamily<{ controls: ControlResult[] }>;
  contention?: ByFamily<{ rounds: number; clients: number; violations: string[] }>;
  kills?: ByFamily<{ times: number; seed: number; requests: number; accepted: number; violations: string[] }>;
  random?: ByFamily<{
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
  }>;
}

type ByFamily<Found> = Record<string, { made: Made } & Found>;
type Part<Name extends keyof Results> = Omit<NonNullable<Results[Name]>[string], "made">;

export interface ControlResult {
  name: string;
  caught: boolean;
  runs: number;
  /** The violation that caught it, else the first one. */
  by: string;
  /** The same runs with all but the naive part. */
  baseline: { runs: number; violations: string[] };
}

export interface PairResult {
  kind: string;
  occurrence: number;
  fault: string;
  hits: number;
  violations: string[];
  /** What had to go wrong first, for a call that is made only then. */
  after?: string;
}

export interface MysqlResult {
  verb: string;
  fault: string;
  hits: number;
  violations: string[];
}

const file = join(root, "packages/tests/src/fault/results.json");

export const readResults = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {}); // written below

/**
 * Replaces what was found on a family of servers in a part. Synchronous, so that no two suites' parts meet.
 *
 * @param version what the database server calls itself
 * @param keepsOlder whether some of it was found in an earlier run: then it is as old as that
 */
export function writeResult<Name extends keyof Results>(
  name: Name,
  version: string,
  found: Part<Name>,
  keepsOlder = false,
): void {
  const kept = readResults();
  const family = familyOf(version);
  const older = keepsOlder ? kept[name]?.[family]?.made : undefined;
  const results = { ...kept, [name]: { ...kept[name], [family]: { made: older ?? made(version), ...found } } };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Keeps what a run with a fault of MySQL found, in the place of what was found before. */
export function writeMysqlResult(version: string, result: MysqlResult): void {
  const { source } = made(version);
  const before = readResults().mysql?.[familyOf(version)];
  const key = ({ verb, fault }: MysqlResult) => `${verb} ${fault}`;
  const others = (before?.runs ?? []).filter((run) => key(run) !== key(result));
  // What is left of another source makes the part as old as that is.
  writeResult("mysql", version, { runs: [...others, result] }, before !== undefined && before.made.source !== source);
}
