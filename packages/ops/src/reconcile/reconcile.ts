import { setTimeout as sleep } from "node:timers/promises";
import { appointmentOutcome } from "@appointments/core/appointment/event";
import type { CountryCode } from "@appointments/core/country/country";
import { outcomeOf } from "@appointments/core/country/row";
import { toAppError } from "@appointments/core/error";
import { newTraceparent } from "@appointments/core/trace";
import type { Site } from "../site.ts";
import { spanOf, type Terminal, tableOf } from "../terminal.ts";
import { type Finding, type Found, findDifferences, holdsStill, lookAgain, type SlotConflict } from "./find.ts";

export interface ReconcileOptions {
  countries: CountryCode[];
  repair: boolean;
  /** What was written this recently, milliseconds, is under way and no difference. */
  graceMs: number;
  /** How long to wait for what was repaired, milliseconds. */
  waitMs: number;
  json: boolean;
}

/**
 * Compares DynamoDB with MySQL and shows what differs; with `repair` does what is safe to do twice: it sends the request
 * of what is undecided again, and publishes again on the bus what a row has decided and its item missed. It writes to no store
 * and deletes nothing; the country and the confirmation do their usual work.
 *
 * @returns 0 when nothing differs at the end, else 1.
 */
export async function reconcile(site: Site, options: ReconcileOptions, terminal: Terminal): Promise<number> {
  const say = progressOn(terminal);
  const found = await findDifferences(site, options.countries, (items, rows) => say(`${items} items and ${rows} rows`));
  // Read a second time: what was only on its way when the first look came is no difference.
  const again = await lookAtAll(site, found.findings, (read) =>
    say(`${read} of ${found.findings.length} a second time`),
  );
  const since = Date.now() - options.graceMs;
  let remaining = again.filter(({ lastWriteAt }) => lastWriteAt <= since);
  const underWay = again.length - remaining.length;
  const before = remaining;
  let repaired = 0;
  if (options.repair && remaining.some(({ difference }) => difference.remedy)) {
    for (const finding of remaining) await repair(site, finding, terminal);
    remaining = await waitFor(site, remaining, options.waitMs, terminal);
    repaired = before.length - remaining.length;
  }
  const conflicts: SlotConflict[] = [];
  for (const conflict of found.conflicts) if (await holdsStill(site, conflict)) conflicts.push(conflict);
  const result = { ...found, findings: before, conflicts, remaining, underWay, repaired };
  if (options.json) terminal.out(JSON.stringify(jsonOf(result), null, 2));
  else show(result, options, terminal);
  return remaining.length + conflicts.length + found.unreadable > 0 ? 1 : 0;
}

type Result = Found & { remaining: Finding[]; underWay: number; repaired: number };

/** Says how far it is, at most once a second. */
function progressOn(terminal: Terminal): (read: string) => void {
  let saidAt = Date.now();
  return (read) => {
    if (Date.now() - saidAt < 1_000) return;
    saidAt = Date.now();
    terminal.note(`… read ${read}`);
  };
}

/** So many appointments at once are read again. */
const side = 10;

async function lookAtAll(site: Site, findings: Finding[], onProgress: (read: number) => void = () => {}) {
  const still: Finding[] = [];
  for (let index = 0; index < findings.length; index += side) {
    const now = await Promise.all(findings.slice(index, index + side).map((finding) => lookAgain(site, finding)));
    still.push(...now.filter((finding) => finding !== undefined));
    onProgress(index);
  }
  return still;
}

async function repair(site: Site, { item, row, countryISO, difference, appointmentId }: Finding, terminal: Terminal) {
  try {
    if (difference.remedy === "request again" && item) {
      await site.publishRequested(item, newTraceparent());
      terminal.note(`${appointmentId}: requested again of ${countryISO}`);
    }
    if (difference.remedy === "publish again" && row) {
      const outcome = outcomeOf(row, countryISO);
      if (outcome instanceof Error) throw outcome;
      const event = appointmentOutcome(outcome, newTraceparent());
      const error = (await site.publishOutcomes([event])).get(event.id);
      if (error) throw error;
      terminal.note(`${appointmentId}: published again that it is ${row.status}`);
    }
  } catch (error) {
    const { code, message } = toAppError(error);
    terminal.note(`${appointmentId}: not repaired: ${code}: ${message}`);
  }
}

/** Looks until what has a remedy agrees, or time is up. */
async function waitFor(site: Site, findings: Finding[], waitMs: number, terminal: Terminal): Promise<Finding[]> {
  const until = Date.now() + waitMs;
  terminal.note(`Waiting up to ${spanOf(waitMs)} for what was sent`);
  for (let still = findings; ; await sleep(500)) {
    still = await lookAtAll(site, still);
    if (!still.some(({ difference }) => difference.remedy) || Date.now() >= until) return still;
  }
}

function show(result: Result, { countries, repair }: ReconcileOptions, terminal: Terminal): void {
  const { findings, remaining, conflicts, items, rows, unreadable, underWay, repaired } = result;
  const left = new Set(remaining.map(({ appointmentId }) => appointmentId));
  const lines = findings.map(({ difference: { kind, detail, remedy }, countryISO, appointmentId }) => {
    const state = !left.has(appointmentId) ? "repaired" : (remedy ?? "needs a person");
    return [kind, countryISO, appointmentId, detail, state];
  });
  for (const { countryISO, scheduleId, items: two } of conflicts) {
    const what = two ? `slot ${scheduleId}, also ${two[1].appointmentId}` : `slot ${scheduleId}, by two rows`;
    lines.push(["slot held twice", countryISO, two?.[0].appointmentId ?? "–", what, "needs a person"]);
  }
  if (lines.length > 0)
    terminal.out(tableOf(["kind", "country", "appointment", "what", repair ? "now" : "remedy"], lines));
  const differing = remaining.length + conflicts.length;
  terminal.out(
    `${countries.join(", ")}: ${items} items, ${rows} rows; ${differing} differ, ${repaired} repaired, ${underWay} under way` +
      (unreadable > 0 ? `; ${unreadable} items cannot be read` : ""),
  );
  if (!repair && remaining.some(({ difference }) => difference.remedy))
    terminal.note("--repair does what the remedy says");
}

const jsonOf = ({ findings, conflicts, remaining, ...counts }: Result) => ({
  ...counts,
  conflicts: conflicts.map(({ countryISO, scheduleId, items }) => ({
    countryISO,
    scheduleId,
    appointments: items?.map(({ appointmentId }) => appointmentId) ?? [],
  })),
  findings: findings.map(({ countryISO, appointmentId, difference, lastWriteAt }) => ({
    countryISO,
    appointmentId,
    ...difference,
    lastWriteAt: new Date(lastWriteAt).toISOString(),
    remains: remaining.some((each) => each.appointmentId === appointmentId),
  })),
});
