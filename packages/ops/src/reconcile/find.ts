import type { Appointment } from "@appointments/core/appointment/appointment";
import { getStored, scanAppointments } from "@appointments/core/appointment/read";
import { type CountryCode, countries } from "@appointments/core/country/country";
import { isExpired } from "@appointments/core/country/erase";
import type { Row } from "@appointments/core/country/row";
import { compare, type Difference } from "../compare.ts";
import type { Site } from "../site.ts";

/** One appointment on which its two stores differ. */
export interface Finding {
  countryISO: CountryCode;
  appointmentId: string;
  item: Appointment | undefined;
  row: Row | undefined;
  difference: Difference;
  /** When either store wrote last, milliseconds. */
  lastWriteAt: number;
}

export interface SlotConflict {
  countryISO: CountryCode;
  scheduleId: number;
  /** The two items that say they hold it; none when the rows themselves do. */
  items?: [Appointment, Appointment];
}

export interface Found {
  items: number;
  rows: number;
  unreadable: number;
  findings: Finding[];
  conflicts: SlotConflict[];
}

const pageSize = 200;
/** So many items at once are asked for when rows are walked. */
const side = 10;

/**
 * Compares the whole table with the whole databases of these countries, a page at a time: each item with its row, then
 * each row with its item. A page's items are read before their rows, so an outcome on its way shows as a difference; the
 * caller looks again before it believes one. In memory stay all ids and the live items.
 *
 * @param onProgress called with how many items and rows were read so far.
 */
export async function findDifferences(
  site: Site,
  codes: CountryCode[],
  onProgress: (items: number, rows: number) => void,
): Promise<Found> {
  const found: Found = { items: 0, rows: 0, unreadable: 0, findings: [], conflicts: [] };
  const seen = new Set<string>();
  const holders = new Map<string, Appointment>();
  for await (const page of scanAppointments(site.table, pageSize)) {
    found.unreadable += page.unreadable;
    for (const code of codes) {
      const items = page.stored.flatMap(({ appointment }) => (appointment.countryISO === code ? [appointment] : []));
      if (items.length === 0) continue;
      const ofPage = await site.rows(code).of(items.map(({ appointmentId }) => appointmentId));
      const rows = new Map(ofPage.map((row) => [row.id, row]));
      for (const item of items) {
        seen.add(item.appointmentId);
        note(found, code, item, rows.get(item.appointmentId));
        if (item.status !== "completed") continue;
        const slot = `${code} ${item.scheduleId}`;
        const other = holders.get(slot);
        if (other) found.conflicts.push({ countryISO: code, scheduleId: item.scheduleId, items: [other, item] });
        holders.set(slot, item);
      }
      found.items += items.length;
    }
    onProgress(found.items, found.rows);
  }
  for (const code of codes) await walkRows(site, code, seen, found, onProgress);
  return found;
}

async function walkRows(
  site: Site,
  code: CountryCode,
  seen: Set<string>,
  found: Found,
  onProgress: (items: number, rows: number) => void,
): Promise<void> {
  const country = site.rows(code);
  for (let after = ""; ; ) {
    const rows = await country.after(after, pageSize);
    const unseen = rows.filter(({ id }) => !seen.has(id));
    for (let index = 0; index < unseen.length; index += side) {
      await Promise.all(
        unseen.slice(index, index + side).map(async (row) => note(found, code, await itemOf(site, row), row)),
      );
    }
    found.rows += rows.length;
    onProgress(found.items, found.rows);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) break;
    after = last.id;
  }
  for (const scheduleId of await country.heldTwice()) found.conflicts.push({ countryISO: code, scheduleId });
}

const itemOf = async (site: Site, { id, insuredId }: Row): Promise<Appointment | undefined> =>
  (await getStored(site.table, { insuredId, appointmentId: id }))?.appointment;

function note(found: Found, countryISO: CountryCode, item: Appointment | undefined, row: Row | undefined): void {
  const finding = findingOf(countryISO, item, row);
  if (finding) found.findings.push(finding);
}

function findingOf(countryISO: CountryCode, item: Appointment | undefined, row: Row | undefined): Finding | undefined {
  // DynamoDB deletes an item by its time to live; within days the row follows.
  if (!item && row && isExpired(countries[countryISO], row, Date.now())) return undefined;
  const difference = compare(item, row);
  const appointmentId = item?.appointmentId ?? row?.id;
  if (!difference || appointmentId === undefined) return undefined;
  const lastWriteAt = Math.max(item ? Date.parse(item.updatedAt) : 0, row?.updatedAt.getTime() ?? 0);
  return { countryISO, appointmentId, item, row, difference, lastWriteAt };
}

/** The same appointment, read anew; nothing when its stores agree by now. */
export async function lookAgain(site: Site, { countryISO, appointmentId, item, row }: Finding) {
  const insuredId = item?.insuredId ?? row?.insuredId ?? "";
  const stored = await getStored(site.table, { insuredId, appointmentId });
  const [now] = await site.rows(countryISO).of([appointmentId]);
  return findingOf(countryISO, stored?.appointment, now);
}

/** Whether a slot is held twice still: one of two items may not have heard yet that its appointment was moved. */
export async function holdsStill(site: Site, { items, scheduleId }: SlotConflict): Promise<boolean> {
  if (!items) return true;
  const now = await Promise.all(items.map((item) => getStored(site.table, item)));
  return now.every((stored) => {
    const { status, scheduleId: slot } = stored?.appointment ?? {};
    return status === "completed" && slot === scheduleId;
  });
}
