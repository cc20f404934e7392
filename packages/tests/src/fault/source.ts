import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";

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

function commit(): string {
  const changed = git("status", "--porcelain", "--", ...folders) !== "";
  return `${git("rev-parse", "--short=7", "HEAD")}${changed ? "+" : ""}`;
}

let began: Omit<Made, "server"> | undefined;

/** @param version what the database server calls itself */
export function made(version: string): Made {
  began ??= { commit: commit(), at: new Date().toISOString(), source: fingerprint() };
  return { ...began, server: `${familyOf(version)} ${version.split("-")[0]}` };
}

/** `MariaDB` or `MySQL`, of a server's version. */
export const familyOf = (version: string): string => (version.includes("MariaDB") ? "MariaDB" : "MySQL");
