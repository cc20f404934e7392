import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";

/** What a whole run of the campaign found; the report is made of it. What rests on the database is kept by its family. */
export interface Results {
  systematic?: ByFamily<{ seconds: number; pairs: PairResult[] }>;
  mysql?: ByFamily<{ runs: MysqlResult[] }>;
  controls?: ControlResult[];
  contention?: ByFamily<{ rounds: number; clients: number; violations: string[] }>;
  kills?: { times: number; seed: number; requests: number; accepted: number; violations: string[] };
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

/** `database` is what the server calls itself. */
type ByFamily<Found> = Record<string, { database: string } & Found>;

export interface ControlResult {
  name: string;
  caught: boolean;
  runs: number;
  violations: string[];
  /** The same runs with all but the naive part. */
  baseline?: { runs: number; violations: string[] };
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

/** `MariaDB` or `MySQL`, of a server's version. */
export const familyOf = (version: string): string => (version.includes("MariaDB") ? "MariaDB" : "MySQL");

const file = join(root, "packages/tests/src/fault/results.json");

export const readResults = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {}); // written below

/** Replaces a part of the results; of those by family, that family's. Synchronous, so that no two suites' parts meet. */
export function writeResults({ systematic, mysql, contention, random, ...part }: Results): void {
  const kept = readResults();
  const results: Results = {
    ...kept,
    ...part,
    ...(systematic && { systematic: { ...kept.systematic, ...systematic } }),
    ...(mysql && { mysql: { ...kept.mysql, ...mysql } }),
    ...(random && { random: { ...kept.random, ...random } }),
    ...(contention && { contention: { ...kept.contention, ...contention } }),
  };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Keeps what a run with a fault of MySQL found, in the place of what was found before. */
export function writeMysqlResult(database: string, result: MysqlResult): void {
  const family = familyOf(database);
  const kept = readResults().mysql?.[family]?.runs ?? [];
  const key = ({ verb, fault }: MysqlResult) => `${verb} ${fault}`;
  const at = kept.findIndex((run) => key(run) === key(result));
  const runs = at < 0 ? [...kept, result] : kept.with(at, result);
  writeResults({ mysql: { [family]: { database, runs } } });
}
