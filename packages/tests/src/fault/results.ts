import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";

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
  /** Fingerprint of the product's source that was run: two suites write this part, and either can run alone. */
  source?: string;
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
  const key = ({ verb, fault }: MysqlResult) => `${verb} ${fault}`;
  const others = (readResults().mysql?.[familyOf(version)]?.runs ?? []).filter((run) => key(run) !== key(result));
  // What is left of another source makes the part as old as that is.
  const keepsOlder = others.some((run) => run.source !== source);
  writeResult("mysql", version, { runs: [...others, { ...result, source }] }, keepsOlder);
}

/** What the campaign puts to the test: the product and the local system that it runs on, without their own tests. */
const folders = [
  "sst.config.ts",
  ...["app", "core", "functions", "infra", "local"].map((name) => `packages/${name}/src`),
];
const isTest = (file: string): boolean => /\.(test|fixture)\.ts$|\/(testing|fixture)\//.test(file);

/** From which source a result was made, when, and on which database server. */
export interface Made {
  /** Git commit; `+` after it when the product had changes that were not committed. */
  commit: string;
  /** UTC, ISO 8601, when the suite began. */
  at: string;
  /** Name and version, e.g. `MariaDB 10.11.19`. */
  server: string;
  /** Fingerprint of the product's source. */
  source: string;
}

/** @returns a hash of the product's source, twelve hexadecimal digits: another one means that the product has changed */
export function fingerprint(folder = root): string {
  const hash = createHash("sha256");
  const files = folders
    .flatMap((name) => globSync([name, `${name}/**/*.*`], { cwd: folder }))
    .filter((file) => /\.\w+$/.test(file) && !isTest(file));
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** The commit; `+` after it when the product has changes that are not committed. */
export function commitOf(): string {
  const changed = git("status", "--porcelain", "--", ...folders) !== "";
  return `${git("rev-parse", "--short=7", "HEAD")}${changed ? "+" : ""}`;
}

let began: Omit<Made, "server"> | undefined;

/** @param version what the database server calls itself */
function made(version: string): Made {
  began ??= { commit: commitOf(), at: new Date().toISOString(), source: fingerprint() };
  return { ...began, server: `${familyOf(version)} ${version.split("-")[0]}` };
}

/** `MariaDB` or `MySQL`, of a server's version. */
export const familyOf = (version: string): string => (version.includes("MariaDB") ? "MariaDB" : "MySQL");

/** Whether the campaign is run in its long form, whose results are kept; the short one is a sample. */
export const long = process.env.FAULT_CAMPAIGN === "long";
