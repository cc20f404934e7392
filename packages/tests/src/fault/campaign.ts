import type { FaultRule } from "@appointments/local/gateway/fault";
import type { TestSystem } from "../integration/system.ts";
import { isOpen, openAudit } from "./audit.ts";
import type { Seen } from "./checker.ts";
import { type Cast, checkDecisions, checkEnds, winnerOf } from "./ends.ts";
import { lateCommands, lateOutcomes, poisonFor } from "./messages.ts";
import { witness } from "./scenario.ts";

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
  const { drainMs = () => 60_000, beforeCheck = () => {} } = options;
  const audit = openAudit(system);
  const { operator } = audit;
  // An insured of this campaign begins with 0: no number in a log is written so.
  let person = 0;
  let slot = 1_000_000;
  /** The insured of the last run. */
  let last: ReadonlySet<string> = new Set();

  /** Calls of functions since the run began; the gateway keeps the last thousand only, the operator's among them. */
  const seen = new Set<Call>();
  let since = "";
  function observe(): void {
    for (const call of system.gateway.recent()) {
      if (call.time >= since && call.function !== "operator") seen.add(call);
    }
  }

  const decide = (insured: ReadonlySet<string>) =>
    audit.drain(insured, { limitMs: drainMs(), queues: false, onLook: observe });
  const drain = (insured: ReadonlySet<string>) => audit.drain(insured, { limitMs: drainMs(), onLook: observe });

  async function run(point?: Point, fault?: Fault, provokedBy?: Pair): Promise<Run> {
    const startedAt = Date.now();
    since = new Date(startedAt).toISOString();
    seen.clear();
    const logsBefore = system.logged.length;
    const history: Seen[] = [];
    const client = witness(system.url, history);
    const everybody = people(7);
    const [a, b, c, d, e, f, nobody] = everybody as [string, string, string, string, string, string, string]; // seven
    const insured = new Set(everybody);
    last = insured;
    slots(10);
    await audit.purgeDeadLetters();
    const pair = point && fault && { point, fault, ...(provokedBy && { provokedBy }) };
    system.gateway.faults.clear();
    system.gateway.faults.add(pair ? rulesOf(pair) : []);
    const poison = poisonFor(slot + 7, nobody);
    // Two for one slot, the second of them asked twice; one elsewhere; and a request that is published twice.
    const key = `${a}-${slot}`;
    const first = await client.book(b, slot, "PE");
    const second = await client.book(a, slot, "PE", key);
    await client.book(a, slot, "PE", key);
    const published = (await audit.items(insured)).find(({ insuredId }) => insuredId === a);
    if (published) await operator.reconcileNow(published).catch(() => undefined); // decided meanwhile, or hit by the fault
    for (const queue of audit.sources) {
      const bodies = poison.flatMap((it) => (it.queue === queue ? [it.body] : []));
      if (bodies.length > 0) await operator.send(queue, bodies);
    }
    const abroad = await client.book(c, slot, "CL");
    const holder = await client.book(e, slot + 3, "CL");
    const suitor = await client.book(f, slot + 4, "CL");
    const cast: Cast = { first, second, abroad, holder, suitor };
    const decided = await decide(insured);
    const decisions = checkDecisions(cast, decided);
    // The winner cancels, the one elsewhere moves, another wants to where somebody is, and a fourth cancels before it is decided.
    const places = winnerOf(cast, decided);
    const changes = [
      places.winner && (await client.change(places.winner, "cancel")),
      abroad && (await client.change(abroad, "reschedule", { scheduleId: slot + 1 })),
      suitor && (await client.change(suitor, "reschedule", { scheduleId: slot + 3 })),
    ];
    cast.hasty = await client.book(d, slot + 2, "PE");
    if (cast.hasty) changes.push(await client.change(cast.hasty, "cancel"));
    await client.list(a);
    const ended = await drain(insured);
    // Long after: every request and every decision comes once more. What is undecided is left so: it would be healed.
    const closed = ended.filter((item) => !isOpen(item));
    for (const country of ["PE", "CL"]) {
      const late = closed.filter(({ countryISO }) => countryISO === country).flatMap(lateCommands);
      if (late.length > 0) await operator.send(`SQS_${country}`, late);
    }
    for (const { source, type, detail } of closed.flatMap(lateOutcomes)) await operator.put(source, type, detail);
    const items = await drain(insured);
    observe();
    system.gateway.faults.clear();
    beforeCheck();
    const calls = [...seen];
    const hits = calls.filter((call) => call.fault === fault && point && isOfKind(call, point)).length;
    const refused = changes.filter((told) => told === undefined).length;
    const violations = [
      ...decisions,
      ...(refused === 0 ? [] : [`1 unheard: ${refused} changes were not accepted`]),
      ...(await audit.violations({ insured, history, poison, logs: audit.logsSince(logsBefore) })),
      ...checkEnds(cast, places, items, slot),
    ];
    return { ...pair, hits, points: pointsOf(calls), violations, ms: Date.now() - startedAt };
  }

  /**
   * One slot, many clients at once.
   *
   * @returns violations, also when not exactly one of them got the slot and all others heard that it is taken
   */
  async function contend(clients: number): Promise<string[]> {
    const history: Seen[] = [];
    const client = witness(system.url, history);
    const insured = new Set(Array.from({ length: clients }, (_, index) => `0${String(index).padStart(4, "0")}`));
    const logsBefore = system.logged.length;
    const contested = slots(1);
    await Promise.all([...insured].map((each) => client.book(each, contested, "PE")));
    const items = (await drain(insured)).filter(({ scheduleId }) => scheduleId === contested);
    const ends = new Map<string, number>();
    for (const { status, reason = "" } of items) {
      const end = `${status} ${reason}`.trim();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const expected = ends.get("completed") === 1 && ends.get("rejected schedule_taken") === clients - 1;
    return [
      ...(expected ? [] : [`2 contention: of ${clients} ended ${JSON.stringify(Object.fromEntries(ends))}`]),
      ...(await audit.violations({ insured, history, logs: audit.logsSince(logsBefore), scheduleId: contested })),
    ];
  }

  /** So many insured of whom nothing is known yet. @throws when all have been */
  function people(count: number): string[] {
    if (person + count > 10_000) throw new Error("All 10,000 insured of a campaign have been; open another system");
    return Array.from({ length: count }, () => `0${String(person++).padStart(4, "0")}`);
  }

  /** @returns the first of `count` slots that nobody had yet */
  function slots(count: number): number {
    slot += Math.max(10, count);
    return slot;
  }

  return {
    run,
    contend,
    people,
    slots,
    audit,
    database: audit.database,
    /** The slot that the two of the next run will ask for; CL's are this one, 3 and 4 more. */
    nextSlot: () => slot + 10,
    /** Waits until what a run left behind is decided, or lost. */
    settle: () => audit.pause(last, 20_000),
    /** Runs without a fault. @returns its run, and every call that functions made on the way */
    async learn(): Promise<{ run: Run; points: Point[] }> {
      const learned = await run();
      return { run: learned, points: learned.points };
    },
    close(): void {
      system.gateway.faults.clear();
      audit.close();
    },
  };
}

type Call = ReturnType<TestSystem["gateway"]["recent"]>[number];

const isOfKind = (call: Call, point: Point): boolean =>
  call.function === point.function && call.service === point.service && call.action === point.action;

function pointsOf(calls: Call[]): Point[] {
  const counted = new Map<string, number>();
  return calls.map(({ function: name, service, action }) => {
    const kind = `${name} ${service} ${action}`;
    const occurrence = counted.get(kind) ?? 0;
    counted.set(kind, occurrence + 1);
    return { function: name, service, action, occurrence };
  });
}

const rulesOf = (pair: Pair): FaultRule[] => {
  const { occurrence: skip, ...call } = pair.point;
  const provoking = pair.provokedBy ? rulesOf(pair.provokedBy) : [];
  return [...provoking, { ...call, fault: pair.fault, skip, times: times(pair) }];
};

export type Campaign = ReturnType<typeof openCampaign>;
