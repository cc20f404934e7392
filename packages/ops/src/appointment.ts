import { type Appointment, inOrder, type Transition } from "@appointments/core/appointment/appointment";
import type { Stored } from "@appointments/core/appointment/item";
import { findPending, getStored } from "@appointments/core/appointment/read";
import { type CountryCode, countryCodes } from "@appointments/core/country/country";
import { isErased, type Row } from "@appointments/core/country/row";
import { type AppError, toAppError } from "@appointments/core/error";
import { compare } from "./compare.ts";
import { depthOf, look } from "./dlq/letters.ts";
import { appointmentIn, causeOf, hint, typeIn } from "./dlq/message.ts";
import type { Site } from "./site.ts";
import { spanOf, type Terminal, tableOf } from "./terminal.ts";

export interface AppointmentOptions {
  insuredId?: string | undefined;
  /** Looks into working queues, too. */
  queues: boolean;
  personal: boolean;
  json: boolean;
}

/** So many messages of each queue are looked at. */
const most = 200;

/**
 * Shows all that is known of one appointment. Without the insured it is found by its row, or while it is pending by the
 * index. @returns 0 when its stores agree, 1 when they differ or nothing is known of it.
 */
export async function showAppointment(
  site: Site,
  appointmentId: string,
  options: AppointmentOptions,
  terminal: Terminal,
): Promise<number> {
  const silent: CountryCode[] = [];
  const rows = await rowsOf(site, appointmentId, (code, { code: why, message }) => {
    silent.push(code);
    terminal.note(`The database of ${code} cannot be read: ${why}: ${message}`);
  });
  const stored = await itemOf(site, appointmentId, rows, options.insuredId);
  const messages = await messagesOf(site, appointmentId, options.queues, terminal);
  const item = stored?.appointment;
  const history = historyOf(stored);
  const [country, row] = rows.find(([code]) => code === item?.countryISO) ?? rows[0] ?? [item?.countryISO, undefined];
  const verdict = verdictOf(item, rows, silent, messages.length);
  if (options.json) {
    const stores = { item: item ?? null, row: row ?? null };
    const about = { appointmentId, country, ...stores, history, messages, verdict };
    terminal.out(JSON.stringify(about, options.personal ? undefined : hidePerson, 2));
    return verdict.agree ? 0 : 1;
  }
  if (item || row)
    terminal.out(tableOf(["", "item (DynamoDB)", `row (MySQL ${country})`], sideBySide(item, row, options.personal)));
  if (history.length > 0) {
    const lines = history.map((it) => [
      it.at,
      it.cause,
      it.status,
      it.scheduleId,
      it.reason ?? "",
      byOf(it),
      it.eventId,
    ]);
    terminal.out(`\n${tableOf(["at", "cause", "then", "slot", "reason", "by", "event"], lines)}`);
  }
  if (messages.length > 0) {
    const lines = messages.map((it) => [it.queue, it.messageId, it.type ?? "–", it.age, it.cause ?? "–"]);
    terminal.out(`\n${tableOf(["queue", "message", "type", "age", "cause"], lines)}`);
  }
  terminal.out(`\n${verdict.agree ? "agree" : "differ"}: ${verdict.text}`);
  if (!options.personal) terminal.note(hint);
  return verdict.agree ? 0 : 1;
}

const hidePerson = (key: string, value: unknown) => (key === "insuredId" ? "•••" : value);

const historyOf = (stored: Stored | undefined): Transition[] =>
  inOrder((stored?.history ?? []).map(({ key: _key, ...transition }) => transition));

/** Who asked: `partner a-client`. Nobody did where a country decided, or where it was written before callers were known. */
const byOf = ({ by }: Transition): string => (by ? [by.kind, by.clientId ?? ""].join(" ").trim() : "");

/** Its row in every country's database; there should be one, in one of them. */
async function rowsOf(
  site: Site,
  appointmentId: string,
  onSilent: (code: CountryCode, error: AppError) => void,
): Promise<[CountryCode, Row][]> {
  const found = await Promise.all(
    countryCodes.map(async (code): Promise<[CountryCode, Row][]> => {
      try {
        const rows = await site.rows(code).of([appointmentId]);
        return rows.map((row) => [code, row]);
      } catch (error) {
        // The day a database is away is the day this is asked for: the rest is still worth seeing.
        onSilent(code, toAppError(error));
        return [];
      }
    }),
  );
  return found.flat();
}

async function itemOf(site: Site, appointmentId: string, rows: [CountryCode, Row][], given: string | undefined) {
  const insuredId = given ?? rows[0]?.[1].insuredId;
  if (insuredId !== undefined) return getStored(site.table, { insuredId, appointmentId });
  for (const code of countryCodes) {
    const pending = await findPending(site.table, code, appointmentId);
    // The index follows the table: what it names is read from there.
    if (pending) return getStored(site.table, pending.appointment);
  }
  return undefined;
}

async function messagesOf(site: Site, appointmentId: string, working: boolean, terminal: Terminal) {
  const sites = site.queues.flatMap(({ name, url, deadLetterUrl }) => [
    { queue: `${name}_DLQ`, url: deadLetterUrl, dead: true },
    ...(working ? [{ queue: name, url, dead: false }] : []),
  ]);
  const found = await Promise.all(
    sites.map(async ({ queue, url, dead }) => {
      const depth = await depthOf(site.sqs, url);
      const letters = depth.visible > 0 ? await look(site.sqs, url, most) : [];
      if (depth.visible > most)
        terminal.note(`${queue} holds about ${depth.visible}; ${letters.length} were looked at`);
      return letters
        .filter(({ body }) => appointmentIn(body) === appointmentId)
        .map((letter) => ({
          queue,
          messageId: letter.id,
          type: typeIn(letter.body),
          age: spanOf(Date.now() - letter.sentAt),
          cause: dead ? causeOf(letter) : null,
        }));
    }),
  );
  if (!working) {
    const depths = await Promise.all(site.queues.map(({ url }) => depthOf(site.sqs, url)));
    const waiting = depths.reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
    if (waiting > 0) terminal.note(`${waiting} messages are in working queues, not looked at; --queues looks`);
  }
  return found.flat();
}

function sideBySide(item: Appointment | undefined, row: Row | undefined, personal: boolean): string[][] {
  const insured = (value: string | undefined) => (value === undefined ? "–" : personal ? value : "•••");
  const change = item?.change;
  const text = (value: string | number | null | undefined) =>
    value === null || value === undefined ? "–" : String(value);
  return [
    ["insured", insured(item?.insuredId), insured(row?.insuredId)],
    ["status", text(item?.status), text(row?.status)],
    ["reason", text(item?.reason), text(row?.reason)],
    ["slot", text(item?.scheduleId), text(row?.scheduleId)],
    ["change", text(change && `${change.number} ${change.kind} ${change.status}`), text(row?.changes || undefined)],
    ["version", text(item?.version), text(row?.version)],
    ["created", text(item?.createdAt), text(row?.createdAt.toISOString())],
    ["updated", text(item?.updatedAt), text(row?.updatedAt.toISOString())],
  ];
}

function verdictOf(item: Appointment | undefined, rows: [CountryCode, Row][], silent: CountryCode[], messages: number) {
  const dead = messages > 0 ? `; of it ${messages === 1 ? "1 message is" : `${messages} messages are`} in queues` : "";
  const differ = (text: string) => ({ agree: false, text: text + dead });
  if (silent.length > 0 && rows.length === 0 && (!item || silent.includes(item.countryISO))) {
    return differ(`its row is not known: no answer from the database of ${silent.join(" and ")}`);
  }
  if (!item && rows.length === 0) {
    return differ("nothing is known of it without its insured: no row, nothing pending");
  }
  const foreign = item ? rows.find(([code]) => code !== item.countryISO) : rows[1];
  if (foreign) return differ(`there is a row in ${foreign[0]}, where it does not belong`);
  const row = rows[0]?.[1];
  if (!item && row && isErased(row))
    return { agree: true, text: `its person was erased; the row keeps its slot${dead}` };
  const difference = compare(item, row);
  if (!difference) return { agree: true, text: `item and row agree${dead}` };
  const { kind, detail, remedy } = difference;
  const next = remedy ? `reconcile --repair would ${remedy}` : "no command heals this";
  return differ(`${kind}: ${detail}; ${next}`);
}
