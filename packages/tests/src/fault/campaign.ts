import type { FaultRule } from "@appointments/local/gateway/fault";
import type { TestSystem } from "../integration/system.ts";
import { isOpen, openAudit } from "./audit.ts";
import type { Seen } from "./checker.ts";
import { asWords, type Cast, checkDecisions, checkEnds, winnerOf } from "./ends.ts";
import { lateCommands, lateOutcomes, type Poison, poisonFor } from "./messages.ts";
import { type Told, witness } from "./scenario.ts";
import type { StoredItem } from "./stores.ts";

/** A call to AWS on the way of an appointment: the `occurrence`th (from 0) of its kind in a scenario. */
export interface Point {
  function: string;
  service: string;
  action: string;
  occurrence: number;
}

export type Fault = FaultRule["fault"];

/** A fault at a point. */
export interface Pair {
  point: Point;
  fault: Fault;
  /** What must go wrong first, for a call that is made only then. */
  provokedBy?: Pair;
}

export interface Run extends Partial<Pair> {
  /** How many calls met the fault. */
  hits: number;
  /** Every call that functions made. */
  points: Point[];
  violations: string[];
  ms: number;
}

/** Attempts of an SDK client: a fault hits them all, so that the function meets it and not only its client. */
const attempts = 3;
/** A function is killed once; a poll that hangs is given up at once, and takes long. */
const times = ({ point, fault }: Pair): number =>
  fault.startsWith("kill") || (fault === "hang" && point.action === "ReceiveMessage") ? 1 : attempts;
/** Runs the scenario on a running system, as often as wanted, with insured and slots of its own each time. */
export function openCampaign(system: TestSystem, options: { drainMs?: () => number; beforeCheck?: () => void } = {}) {
  const { drainMs, beforeCheck = () => {} } = options;
  const audit = openAudit(system);
  const { people, slots, nextSlot } = openSupply();
  const calls = openCalls(system);
  /** The insured of the last run. */
  let last: ReadonlySet<string> = new Set();

  const drain = (insured: ReadonlySet<string>, queues = true) =>
    audit.drain(insured, { limitMs: drainMs?.(), queues, onLook: calls.observe });

  async function run(point?: Point, fault?: Fault, provokedBy?: Pair): Promise<Run> {
    const startedAt = Date.now();
    calls.begin();
    const logsBefore = system.logged.length;
    const history: Seen[] = [];
    const client = witness(system, history);
    const everybody = people(7);
    const [a = "", b = "", c = "", d = "", e = "", f = "", nobody = ""] = everybody;
    const insured = new Set(everybody);
    last = insured;
    const slot = slots(10);
    await audit.purgeDeadLetters();
    const pair = point && fault && { point, fault, ...(provokedBy && { provokedBy }) };
    system.gateway.faults.clear();
    system.gateway.faults.add(pair ? rulesOf(pair) : []);
    const poison = poisonFor(slot + 7, nobody);
    const cast = await bookAll(audit, client, [a, b, c, e, f], slot, poison);
    const decided = await drain(insured, false);
    const decisions = checkDecisions(cast, decided);
    const places = winnerOf(cast, decided);
    const changes = await changeAll(client, cast, places.winner, d, slot);
    await client.list(a);
    const ended = await drain(insured);
    await sendAllAgain(audit, ended);
    const items = await drain(insured);
    calls.observe();
    system.gateway.faults.clear();
    beforeCheck();
    const hits = calls.seen().filter((call) => call.fault === fault && point && isOfKind(call, point)).length;
    const refused = changes.filter((told) => told === undefined).length;
    const violations = [
      ...decisions,
      ...(refused === 0 ? [] : [`1 unheard: ${refused} changes were not accepted`]),
      ...(await audit.violations({ insured, history, poison, logs: audit.logsSince(logsBefore) })),
      ...checkEnds(cast, places, items, slot),
    ];
    return { ...pair, hits, points: pointsOf(calls.seen()), violations, ms: Date.now() - startedAt };
  }

  return {
    run,
    contend: (clients: number) => contend(system, audit, drain, slots(1), clients),
    people,
    slots,
    audit,
    nextSlot,
    /** Waits until what a run left behind is decided, or lost. */
    settle: () => audit.pause(last, 20_000),
    close(): void {
      system.gateway.faults.clear();
      audit.close();
    },
  };
}

type Call = ReturnType<TestSystem["gateway"]["recent"]>[number];

const isOfKind = (call: Call, point: Omit<Point, "occurrence">): boolean =>
  call.function === point.function && call.service === point.service && call.action === point.action;

const pointsOf = (calls: Call[]): Point[] =>
  calls.map((call, index) => {
    const { function: name, service, action } = call;
    const point = { function: name, service, action };
    return { ...point, occurrence: calls.slice(0, index).filter((earlier) => isOfKind(earlier, point)).length };
  });

const rulesOf = (pair: Pair): FaultRule[] => {
  const { occurrence: skip, ...call } = pair.point;
  const provoking = pair.provokedBy ? rulesOf(pair.provokedBy) : [];
  return [...provoking, { ...call, fault: pair.fault, skip, times: times(pair) }];
};

export type Campaign = ReturnType<typeof openCampaign>;

/** New insured and slots for each run. */
function openSupply() {
  // An insured of this campaign begins with 0: no number in a log is written so.
  let person = 0;
  let slot = 1_000_000;
  return {
    /** So many insured of whom nothing is known yet. @throws when all have been used */
    people(count: number): string[] {
      if (person + count > 10_000)
        throw new Error("All 10,000 insured of a campaign have been used; open another system");
      return Array.from({ length: count }, () => `0${String(person++).padStart(4, "0")}`);
    },
    /** @returns the first of `count` slots that nobody had yet */
    slots(count: number): number {
      slot += Math.max(10, count);
      return slot;
    },
    /** The slot that the two of the next run will ask for; CL's are this one, 3 and 4 more. */
    nextSlot: () => slot + 10,
  };
}

/** Calls of functions since a run began; the gateway keeps the last thousand only, the operator's among them. */
function openCalls(system: TestSystem) {
  const seen = new Set<Call>();
  let since = "";
  return {
    begin(): void {
      since = new Date().toISOString();
      seen.clear();
    },
    observe(): void {
      for (const call of system.gateway.recent()) {
        if (call.time >= since && call.function !== "operator") seen.add(call);
      }
    },
    seen: () => [...seen],
  };
}

type Audit = ReturnType<typeof openAudit>;
type Client = ReturnType<typeof witness>;

/** Two for one slot, the second of them asked twice; three elsewhere; a request that is published twice; and the poison. */
async function bookAll(
  { operator, items, sources }: Audit,
  client: Client,
  [a, b, c, e, f]: [string, string, string, string, string],
  slot: number,
  poison: Poison[],
): Promise<Cast> {
  const key = `${a}-${slot}`;
  const first = await client.book(b, slot, "PE");
  const second = await client.book(a, slot, "PE", key);
  await client.book(a, slot, "PE", key);
  const [published] = await items(new Set([a]));
  if (published) await operator.reconcileNow(published).catch(() => undefined); // decided meanwhile, or hit by the fault
  for (const queue of sources) {
    const bodies = poison.flatMap((it) => (it.queue === queue ? [it.body] : []));
    if (bodies.length > 0) await operator.send(queue, bodies);
  }
  const abroad = await client.book(c, slot, "CL");
  const holder = await client.book(e, slot + 3, "CL");
  const suitor = await client.book(f, slot + 4, "CL");
  return { first, second, abroad, holder, suitor };
}

/**
 * The winner cancels, the one elsewhere moves, another wants to where somebody is, and a fourth cancels before it is decided.
 *
 * @returns answers; undefined for a change that was not accepted
 */
async function changeAll(client: Client, cast: Cast, winner: Told | undefined, hasty: string, slot: number) {
  const { abroad, suitor } = cast;
  const changes = [
    winner && (await client.change(winner, "cancel")),
    abroad && (await client.change(abroad, "reschedule", { scheduleId: slot + 1 })),
    suitor && (await client.change(suitor, "reschedule", { scheduleId: slot + 3 })),
  ];
  cast.hasty = await client.book(hasty, slot + 2, "PE");
  if (cast.hasty) changes.push(await client.change(cast.hasty, "cancel"));
  return changes;
}

/** Long after: every request and every decision comes once more. What is undecided is left so: it would be healed. */
async function sendAllAgain({ operator }: Audit, ended: StoredItem[]): Promise<void> {
  const closed = ended.filter((item) => !isOpen(item));
  for (const country of ["PE", "CL"]) {
    const late = closed.filter(({ countryISO }) => countryISO === country).flatMap(lateCommands);
    if (late.length > 0) await operator.send(`SQS_${country}`, late);
  }
  for (const outcome of closed.flatMap(lateOutcomes)) await operator.put(outcome);
}

/**
 * One slot, many clients at once.
 *
 * @returns violations, also when not exactly one of them got the slot and all others heard that it is taken
 */
async function contend(
  system: TestSystem,
  audit: Audit,
  drain: (insured: ReadonlySet<string>) => Promise<StoredItem[]>,
  contested: number,
  clients: number,
): Promise<string[]> {
  const history: Seen[] = [];
  const client = witness(system, history);
  const insured = new Set(Array.from({ length: clients }, (_, index) => `0${String(index).padStart(4, "0")}`));
  const logsBefore = system.logged.length;
  await Promise.all([...insured].map((each) => client.book(each, contested, "PE")));
  const items = (await drain(insured)).filter(({ scheduleId }) => scheduleId === contested);
  const ends = Map.groupBy(items, asWords);
  const count = (end: string) => ends.get(end)?.length;
  const expected = count("completed") === 1 && count("rejected schedule_taken") === clients - 1;
  const told = [...ends].map(([end, of]) => `${of.length} ${end}`).join(", ");
  return [
    ...(expected ? [] : [`2 contention: of ${clients} ended ${told}`]),
    ...(await audit.violations({ insured, history, logs: audit.logsSince(logsBefore), scheduleId: contested })),
  ];
}
