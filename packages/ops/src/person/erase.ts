import { markErased } from "@appointments/core/appointment/erased";
import { deleteItem } from "@appointments/core/appointment/table";
import { type CountryCode, countryCodes } from "@appointments/core/country/country";
import type { Erasing } from "@appointments/core/country/erase";
import type { Row } from "@appointments/core/country/row";
import { type Clock, systemClock } from "@appointments/core/time";
import { UsageError } from "../options.ts";
import type { Site } from "../site.ts";
import type { Terminal } from "../terminal.ts";
import { appointmentItems, type Item, keyItems, knownIn, rowsOf } from "./find.ts";
import { deleteLetters, underWay } from "./letters.ts";
import { type Counts, type Receipt, receiptOf, receiptText } from "./receipt.ts";

export interface EraseOptions {
  insuredId: string;
  /** What live appointments become. Without it a person who has any is not erased. */
  live: Erasing["live"] | undefined;
  /** Answers the question. */
  yes: boolean;
  json: boolean;
}

/** The steps of an erasure, in order; each is named before it begins. */
export const steps = ["look", "mark", "rows", "keys", "items", "letters"] as const;
export type Step = (typeof steps)[number];

/**
 * Erases an insured, after it was confirmed, and shows the receipt, which names nobody.
 *
 * @returns 0 when nothing is left that can be erased; 1 when it was refused, or something is left: repeat it then.
 */
export async function erasePerson(site: Site, options: EraseOptions, terminal: Terminal): Promise<number> {
  const { insuredId, live, yes, json } = options;
  const held = knownIn(await appointmentItems(site, insuredId)).filter((each) => each.live).length;
  if (held > 0 && live === undefined) {
    terminal.note(
      `${held} appointments are live: cancel them first, or say what they become: --live keep (they took place) or --live cancel (their slots are given back, and nobody is told)`,
    );
    return 1;
  }
  if (!yes) {
    if (!terminal.confirm) throw new UsageError("There is no terminal to confirm on; a script passes --yes");
    if (!(await terminal.confirm(`Erase this person from every store of ${site.name}, for good?`))) {
      terminal.note("Nothing was erased");
      return 1;
    }
  }
  const wanted = { insuredId, live: live ?? "keep" };
  const { receipt, left } = await eraseFrom(site, wanted, (step) => terminal.note(`… ${step}`));
  terminal.out(json ? JSON.stringify(receipt, null, 2) : receiptText(receipt));
  if (left > 0) terminal.note(`${left} came meanwhile: take the person's token away, then repeat`);
  return left + receipt.unseen > 0 ? 1 : 0;
}

/** A person who still books is found again after each round. */
const rounds = 5;

/**
 * Erases an insured from the table, the countries' databases and the dead-letter queues.
 *
 *     look     items, keys and rows of the insured, by which all appointments are known
 *     mark     each appointment is marked in the table        a late outcome finds the mark, and is done
 *     rows     each row loses its insured, or is made without  a late request finds the row, and is done
 *     keys     Idempotency-Keys go                             a client's repeat is a new booking
 *     items    appointments go
 *     letters  dead letters go; then it looks again, until there is nothing
 *
 * After a crash in any of them a repeat finds what is left: an appointment's item goes last of what leads to it. Throws
 * as the stores do.
 *
 * @param onStep called before each step
 */
export async function eraseFrom(
  site: Site,
  { insuredId, live }: Pick<Erasing, "insuredId" | "live">,
  onStep: (step: Step) => void,
  clock: Clock = systemClock,
): Promise<{ receipt: Receipt; left: number }> {
  const counts: Counts = {
    appointments: 0,
    idempotencyKeys: 0,
    rows: new Map(countryCodes.map((code) => [code, 0])),
    slotsFreed: 0,
  };
  let found = await lookFor(site, insuredId, onStep);
  for (let round = 0; round < rounds && found.count > 0; round++) {
    onStep("mark");
    for (const id of found.appointmentIds) await markErased(site.table, id, clock);
    onStep("rows");
    for (const code of countryCodes) await eraseRowsOf(site, code, { insuredId, live }, found, counts);
    onStep("keys");
    counts.idempotencyKeys += await deleteAll(site, found.keys);
    onStep("items");
    counts.appointments += await deleteAll(site, found.items);
    found = await lookFor(site, insuredId, onStep);
  }
  onStep("letters");
  const letters = await deleteLetters(site, insuredId);
  const receipt = receiptOf(site.name, counts, letters, await underWay(site), clock());
  return { receipt, left: found.count };
}

interface Found {
  items: Item[];
  keys: Item[];
  appointmentIds: Set<string>;
  count: number;
}

async function lookFor(site: Site, insuredId: string, onStep: (step: Step) => void): Promise<Found> {
  onStep("look");
  const items = await appointmentItems(site, insuredId);
  const keys = await keyItems(site, insuredId);
  const rows: Row[] = [...(await rowsOf(site, insuredId)).values()].flat();
  const named = keys.flatMap(({ appointmentId }) => (typeof appointmentId === "string" ? [appointmentId] : []));
  const appointmentIds = new Set([...items.map(({ sk }) => sk), ...named, ...rows.map(({ id }) => id)]);
  return { items, keys, appointmentIds, count: items.length + keys.length + rows.length };
}

/** As many appointments as the country takes in one request. */
const atOnce = 500;

async function eraseRowsOf(
  site: Site,
  code: CountryCode,
  wanted: Pick<Erasing, "insuredId" | "live">,
  { items }: Found,
  counts: Counts,
): Promise<void> {
  const known = knownIn(items)
    .filter(({ countryISO }) => countryISO === code)
    .map(({ appointmentId, scheduleId, createdAt }) => ({ appointmentId, scheduleId, createdAt }));
  for (let from = 0; from === 0 || from < known.length; from += atOnce) {
    const { rows, freed } = await site.eraseRows(code, { ...wanted, known: known.slice(from, from + atOnce) });
    counts.rows.set(code, (counts.rows.get(code) ?? 0) + rows);
    counts.slotsFreed += freed;
  }
}

async function deleteAll(site: Site, items: Item[]): Promise<number> {
  for (const { pk, sk } of items) await deleteItem(site.table, { pk, sk });
  return items.length;
}
