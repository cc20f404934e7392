import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { table } from "../markdown.ts";
import { root } from "../repository.ts";
import { faults } from "./matrix.ts";
import { fingerprint, type Made, type PairResult, type Results, readResults } from "./results.ts";

const minuteOf = ({ at }: Made): string => at.slice(0, 16).replace("T", " ");

/** `MariaDB 10.11.19`, and from which source when. */
const on = (made: Made): string =>
  `On ${made.server}: commit \`${made.commit}\`, ${minuteOf(made)} UTC, source \`${made.source}\``;

const list = (violations: string[]): string[] => violations.map((violation) => `- ${violation}`);

/** A part of the page: what was found on each server, or that it was not run. */
const section = <Found>(
  title: string,
  intro: string[],
  found: Record<string, Found> | undefined,
  describe: (found: Found) => string[],
): string[] => [`## ${title}`, ...(found ? [...intro, ...Object.values(found).flatMap(describe)] : ["Not run."])];

/** docs/reliability.md, of what the last long run of the campaign found. */
export function describeResults({ systematic, mysql, controls, contention, random, kills }: Results): string {
  const parts = [
    "# Reliability",
    "What `npm run test:fault -- --long` found. This page is written from its results by `npm run docs:fault`. Each part names the commit, the time, the database server and a fingerprint of the product's source; `npm run check` prints which parts are older than the code.",
    "One scenario is run on the whole local system: two ask for one slot, one of them twice; one books in the other country; a request is published twice; the winner cancels, the other moves, a fourth cancels before it is decided; another asks for a slot that is held; messages come that nobody can process, of every kind; in the end every request and decision comes once more. Each run meets one fault at one call to AWS. Then what clients heard, DynamoDB, MySQL, the queues and the logs are checked for the six promises of [architecture.md](architecture.md#the-promise).",
    ...section(
      "Every call, every fault",
      [
        "A cell says how many runs met the fault, and in how many something was violated. `fail`, `hang` and `throttle` last for all three attempts of the SDK; `partial` is of calls with entries; `kill` ends the process. † is a call that is made only when another has failed: both faults are in its runs.",
      ],
      systematic,
      ({ made, pairs }) => describeMatrix(made, pairs),
    ),
    ...section(
      "Every statement, every fault of MySQL",
      [
        "A proxy between functions and MySQL breaks, holds or refuses connections, and statements on appointments. What is of a `server` is no proxy's doing.",
      ],
      mysql,
      ({ made, runs }) => [
        `### ${on(made)}`,
        table(
          ["statement", "fault", "met by", "violations"],
          runs.map(({ verb, fault, hits, violations }) => [verb, fault, hits, violations.join("; ") || "0"]),
        ),
      ],
    ),
    ...section(
      "Controls",
      ["The same campaign, on handlers that are written naively on purpose: it must catch each."],
      controls,
      ({ made, controls: all }) => [
        `### ${on(made)}`,
        table(
          ["control", "caught", "in run", "by", "without the naive part"],
          all.map(({ name, caught, runs, by, baseline }) => {
            const without = `${baseline.runs} runs, ${baseline.violations.length} violations`;
            return [name, caught ? "yes" : "NO", runs, by, without];
          }),
        ),
      ],
    ),
    ...section("Contention", [], contention, ({ made, clients, rounds, violations }) => [
      `${on(made)}. ${clients} clients ask for one slot at once, ${rounds} times: ${violations.length} violations.`,
    ]),
    ...(random ? describeRandom(Object.values(random)) : ["## Random histories", "Not run."]),
    ...(kills
      ? section(
          "The whole system killed",
          [
            "Clients book, cancel, reschedule and repeat, in both countries and for the same slots; meanwhile `npm start` is ended by SIGKILL and started again on the same folder, many times in one history: by turns the program alone, and every process with it, MySQL too.",
          ],
          kills,
          ({ made, times, seed, requests, accepted, violations }) => [
            `${on(made)}. ${times} kills, ${requests} requests, repeats among them; ${accepted} appointments were accepted; ${violations.length} violations (seed ${seed}).`,
            ...list(violations),
          ],
        )
      : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function describeMatrix(made: Made, pairs: PairResult[]): string[] {
  const met = pairs.filter(({ hits }) => hits > 0);
  const violated = pairs.filter(({ violations }) => violations.length > 0);
  const kinds = [...new Set(pairs.map(({ kind }) => kind))].toSorted();
  const cell = (kind: string, fault: string): string => {
    const runs = met.filter((pair) => pair.kind === kind && pair.fault === fault);
    const bad = runs.filter(({ violations }) => violations.length > 0);
    return runs.length === 0 ? "" : `${runs.length} runs, ${bad.length}`;
  };
  const mark = (kind: string) => (pairs.some((pair) => pair.kind === kind && pair.after) ? `${kind} †` : kind);
  return [
    `### ${on(made)}`,
    `${pairs.length} runs; in ${met.length} of them the fault was met; ${violated.length} runs with violations.`,
    table(
      ["function and call", ...faults],
      kinds.map((kind) => [mark(kind), ...faults.map((fault) => cell(kind, fault))]),
    ),
    ...violated.map(
      ({ kind, occurrence, fault, violations: of }) => `- ${kind} ${occurrence}, ${fault}: ${of.join("; ")}`,
    ),
  ];
}

function describeRandom(entries: NonNullable<Results["random"]>[string][]): string[] {
  const row = (name: string, of: (found: (typeof entries)[number]) => string | number) => [name, ...entries.map(of)];
  const commands = [...new Set(entries.flatMap((found) => Object.keys(found.commands)))].toSorted();
  return [
    "## Random histories",
    "Up to 60 steps that fast-check chose: clients book, repeat, cancel, reschedule and read; calls and statements meet faults, functions are killed; messages come again, come late and come in another order, the reconciler comes early. Then all comes to rest without faults, every message that was seen on its way comes once more, every slot that nobody has is asked for, and all is checked; what a client saw never went back. A seed is one history; `npm run test:fault -- --seed N` runs it again, with whatever order things then happen in.",
    table(
      ["", ...entries.map(({ made }) => made.server)],
      [
        row("commit", ({ made }) => `\`${made.commit}\``),
        row("when, UTC", ({ made }) => minuteOf(made)),
        row("source", ({ made }) => `\`${made.source}\``),
        row("minutes", ({ seconds }) => Math.round(seconds / 60)),
        row("seeds", ({ seeds }) => seeds.join(" to ")),
        row("histories", ({ runs }) => runs),
        row("requests answered 202", ({ accepted }) => accepted),
        row("transitions of appointments", ({ transitions }) => transitions),
        row("calls that met a fault", ({ faults: met }) => met),
        row("messages sent again at the end", ({ messages }) => messages),
        ...commands.map((name) => row(`steps \`${name}\``, (found) => found.commands[name] ?? 0)),
        row("**violations**", ({ violations }) => violations.length),
      ],
    ),
    ...entries.flatMap(({ violations }) => list(violations)),
  ];
}

/** Prints which parts of docs/reliability.md were found with another source than today's. It does not fail: a new long run takes hours. */
function printOlder(results: Results): void {
  const now = fingerprint();
  const parts = Object.entries(results).flatMap(([name, found]) =>
    Object.values<{ made: Made }>(found).map(({ made }) => ({ name, ...made })),
  );
  const older = parts.filter(({ source }) => source !== now);
  if (older.length > 0) console.log(`docs/reliability.md is older than the code (source ${now}):`);
  for (const { name, server, commit, at, source } of older)
    console.log(`  ${name} on ${server}: commit ${commit}, ${at.slice(0, 16)}Z, source ${source}`);
}

/** Writes docs/reliability.md from the kept results of the campaign; with `--check` it only prints what is out of date. */
if (import.meta.main) {
  if (process.argv.includes("--check")) printOlder(readResults());
  else await writeFile(join(root, "docs/reliability.md"), describeResults(readResults()));
}
