import { findInsured } from "../privacy/insured.ts";

/** What a client asked, and what it heard. */
export interface Seen {
  request: "book" | "cancel" | "reschedule";
  insuredId: string;
  countryISO: string;
  scheduleId?: number;
  /** The Idempotency-Key; a repeat bears the same. */
  key?: string;
  /** HTTP status; `unknown` when no answer came or it was 5xx: it may have happened or not. */
  answer: number | "unknown";
  /** In answers of 202, and where the path names it. */
  appointmentId?: string;
}

/** An appointment in DynamoDB. */
export interface Item {
  appointmentId: string;
  insuredId: string;
  scheduleId: number;
  countryISO: string;
  status: string;
  version: number;
  reason?: string;
  /** The newest thing that was asked of it; `reason` is the country's for what it refused. */
  change?: { kind: string; status: string; number?: number; scheduleId?: number; reason?: string };
  /** Whether it is in the index of what waits. */
  waiting: boolean;
  /** Event ids of its history. */
  eventIds: string[];
}

/** An appointment in a country's MySQL. */
export interface Row {
  appointmentId: string;
  insuredId: string;
  scheduleId: number;
  status: string;
  version: number;
  reason: string | null;
}

/** What there is when the queues have drained. */
export interface Evidence {
  /** Insured whose appointments are looked at. */
  insured: ReadonlySet<string>;
  history: Seen[];
  items: Item[];
  /** By the country whose database it is. */
  rows: Record<string, Row[]>;
  /** Messages left, visible or not, by queue; dead-letter queues apart. */
  queues: Record<string, number>;
  deadLetters: { queue: string; messageId: string; body: string; cause?: string | undefined }[];
  /** Messages that were sent and that nobody can process, with the code that the cause must begin with. */
  poison: { body: string; code: string }[];
  /** What had not come to rest when the time for it was over, in words. */
  overdue?: string[];
  logs: string[];
}

/** A cause is for people, and goes with the message: SQS counts both together. */
const longestCause = 1_000;
const decided = new Set(["completed", "rejected", "cancelled"]);

/** Checks the six invariants on what is there after the queues drained. @returns violations in words; none is well */
export function check(evidence: Evidence): string[] {
  return [
    ...acceptedIsDecided(evidence),
    ...oneLivePerSlot(evidence),
    ...storesAgree(evidence),
    ...repeatsChangeNothing(evidence),
    ...nothingDropped(evidence),
    ...dataStaysHome(evidence),
  ];
}

/** 1: what was answered with 202 is decided, and in time. */
function acceptedIsDecided({ history, items, overdue = [] }: Evidence): string[] {
  const byId = new Map(items.map((item) => [item.appointmentId, item]));
  const lost = history.flatMap(({ request, answer, appointmentId = "" }) => {
    if (answer !== 202) return [];
    const item = byId.get(appointmentId);
    if (item === undefined) return [`1 lost: ${request} of ${appointmentId} was answered 202, there is no item`];
    if (request === "cancel" && item.status !== "cancelled" && item.status !== "rejected") {
      return [`1 lost: cancel of ${appointmentId} was answered 202, it is ${item.status}`];
    }
    return [];
  });
  const open = items.flatMap(({ appointmentId, status, change, waiting }) => {
    if (!decided.has(status)) return [`1 undecided: ${appointmentId} is ${status}`];
    if (change?.status === "pending") return [`1 undecided: the ${change.kind} of ${appointmentId}`];
    if (change?.kind === "reschedule" && change.status === "rejected" && !change.reason) {
      return [`1 no reason: the reschedule of ${appointmentId} was refused`];
    }
    return waiting ? [`1 undecided: ${appointmentId} is ${status}, and still waits to be published`] : [];
  });
  return [...new Set([...lost, ...open, ...overdue.map((what) => `1 overdue: ${what}`)])];
}

/** All rows, each with the country whose database it is in. */
const rowsIn = (rows: Evidence["rows"]) =>
  Object.entries(rows).flatMap(([country, list]) => list.map((row) => ({ country, ...row })));

/** 2: at most one live appointment a country and schedule, in the store that decides and in the one that is read. */
function oneLivePerSlot({ items, rows }: Evidence): string[] {
  const places = [
    ...rowsIn(rows).map((row) => ({ ...row, place: `MySQL ${row.country} schedule ${row.scheduleId}` })),
    ...items.map((item) => ({ ...item, place: `DynamoDB ${item.countryISO} schedule ${item.scheduleId}` })),
  ];
  const lives = Map.groupBy(
    places.filter(({ status }) => status === "completed"),
    ({ place }) => place,
  );
  const shared = [...lives].filter(([, { length }]) => length > 1);
  return shared.map(([place, { length }]) => `2 shared slot: ${place} has ${length} live appointments`);
}

/** 3: DynamoDB and the country's MySQL tell the same. */
function storesAgree({ items, rows }: Evidence): string[] {
  const itemIds = new Set(items.map(({ appointmentId }) => appointmentId));
  const orphans = rowsIn(rows)
    .filter(({ appointmentId }) => !itemIds.has(appointmentId))
    .map(({ appointmentId, country }) => `3 disagree: ${appointmentId} is a row of ${country} and no item`);
  const differing = items.flatMap((item) => {
    const { appointmentId: id } = item;
    const row = rows[item.countryISO]?.find(({ appointmentId }) => appointmentId === id);
    if (row === undefined) return [`3 disagree: ${id} is ${item.status} and has no row`];
    // A rejected appointment that was asked to cancel meanwhile has counted the asking; its row has not.
    const ahead = item.status === "rejected" && item.version === row.version + 1;
    const shown = (name: keyof Row, value: unknown) => (name === "insuredId" ? "another" : value);
    return (["insuredId", "scheduleId", "status", "reason", "version"] as const)
      .filter((name) => (item[name] ?? null) !== row[name] && !(ahead && name === "version"))
      .map((name) => {
        const [ours, theirs] = [shown(name, item[name]), shown(name, row[name])];
        return `3 disagree: ${name} of ${id} is ${ours} in DynamoDB, ${theirs} in MySQL`;
      });
  });
  return [...orphans, ...differing];
}

/** 4: nothing happens twice: no transition, no booking under one key, no appointment that nobody asked for. */
function repeatsChangeNothing({ history, items }: Evidence): string[] {
  const twice = items
    .filter(({ eventIds }) => new Set(eventIds).size < eventIds.length)
    .map(({ appointmentId }) => `4 twice: the history of ${appointmentId} tells an event twice`);
  const byKey = new Map<string, Set<string>>();
  for (const { request, key, appointmentId } of history) {
    if (request !== "book" || key === undefined || appointmentId === undefined) continue;
    byKey.set(key, (byKey.get(key) ?? new Set()).add(appointmentId));
  }
  const keys = [...byKey].filter(([, ids]) => ids.size > 1).map(([key]) => `4 twice: the key ${key} booked twice`);
  return [...twice, ...keys, ...ghosts(history, items)];
}

/** A request whose answer is unknown may have made one appointment; one that was refused made none. */
function ghosts(history: Seen[], items: Item[]): string[] {
  const booked = history.filter(({ request }) => request === "book");
  const answered = new Set(booked.filter(({ answer }) => answer === 202).map(({ appointmentId }) => appointmentId));
  const settledKeys = new Set(booked.filter(({ answer }) => answer === 202).map(({ key }) => key));
  const room = new Map<string, Set<string | undefined>>();
  for (const { answer, insuredId, scheduleId, countryISO, key } of booked) {
    if (answer !== "unknown" || (key !== undefined && settledKeys.has(key))) continue;
    const place = `${insuredId} ${countryISO} ${scheduleId}`;
    room.set(place, (room.get(place) ?? new Set()).add(key));
  }
  return items.flatMap(({ appointmentId, insuredId, countryISO, scheduleId }) => {
    if (answered.has(appointmentId)) return [];
    const keys = room.get(`${insuredId} ${countryISO} ${scheduleId}`);
    const [key] = keys ?? [];
    if (keys?.delete(key)) return [];
    return [`4 ghost: nobody was told of ${appointmentId}`];
  });
}

/** 5: what cannot be processed stands in a dead-letter queue, with its cause; nothing else does. */
function nothingDropped({ queues, deadLetters, poison }: Evidence): string[] {
  const causes = new Map(deadLetters.map(({ body, cause }) => [body, cause ?? ""]));
  const sent = new Set(poison.map(({ body }) => body));
  const name = (body: string) => (body.length > 60 ? `${body.slice(0, 60)}…` : body);
  return [
    ...poison.flatMap(({ body, code }) => {
      const cause = causes.get(body);
      if (cause === undefined) return [`5 dropped: ${name(body)} is in no dead-letter queue`];
      const told = cause === "" || cause.startsWith(`${code}: `);
      return told ? [] : [`5 wrong cause: ${name(body)} is buried for ${name(cause)}, not ${code}`];
    }),
    ...Object.entries(queues).flatMap(([queue, count]) =>
      count > 0 ? [`5 not drained: ${queue} holds ${count}`] : [],
    ),
    ...deadLetters.flatMap(({ queue, messageId, body, cause = "" }) => [
      ...(sent.has(body)
        ? []
        : [`5 buried: ${queue} holds ${eventOf(body)}, which was valid, for ${name(cause || "no cause")}`]),
      ...(cause.length > longestCause
        ? [`5 long cause: ${cause.length} characters with ${messageId} in ${queue}`]
        : []),
      ...(cause === "" ? [`5 no cause: ${messageId} in ${queue}`] : []),
    ]),
  ];
}

/** A message by its type and appointment: its body holds personal data. The bus puts events into an envelope. */
function eventOf(body: string): string {
  try {
    const message = JSON.parse(body) as { detail?: { type?: string; id?: string }; type?: string; id?: string }; // shown only
    const { type = "a message of no type", id = "no id" } = message.detail ?? message;
    return `${type} (${id})`;
  } catch {
    return "what is not JSON";
  }
}

/** 6: rows in their own country's database; no insured in a log. */
function dataStaysHome({ insured, items, rows, logs }: Evidence): string[] {
  const home = new Map(items.map(({ appointmentId, countryISO }) => [appointmentId, countryISO]));
  const abroad = rowsIn(rows)
    .filter(({ appointmentId, country }) => (home.get(appointmentId) ?? country) !== country)
    .map(({ appointmentId, country }) => `6 abroad: ${appointmentId} is a row of ${country}`);
  return [...abroad, ...findInsured(logs, insured).map((place) => `6 told: a log names ${place}`)];
}
