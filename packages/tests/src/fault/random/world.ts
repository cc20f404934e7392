import type { TestSystem } from "../../integration/system.ts";
import type { Campaign, Fault, Point } from "../campaign.ts";
import type { Seen } from "../checker.ts";
import { canMeet } from "../matrix.ts";
import type { MysqlFault, MysqlProxy } from "../mysql/proxy.ts";
import { type Told, witness } from "../scenario.ts";
import type { StoredItem } from "../stores.ts";

/** What an appointment looked like when a client last saw it. */
export interface View {
  status: string;
  version: number;
}

export type Queue = "SQS_PE" | "SQS_CL" | "SQS_CONFIRMATION";
export const consumers = {
  SQS_PE: "appointmentPe",
  SQS_CL: "appointmentCl",
  SQS_CONFIRMATION: "confirmation",
} as const satisfies Record<Queue, string>;

/** Milliseconds between two looks into the queues, for what is on its way. */
const tapMs = 5;
/** A poll that hangs is given up after 25 s, a statement later still; several may follow on one another. */
const drainMs = 120_000;
/** An insured, and slots, of one run. */
const peopleCount = 5;
const slotCount = 3;

/** Answers to what may be asked of an appointment that is there; see docs/adr/0009. */
const answers = new Set([202, 409, 412]);
const final = new Set(["rejected", "cancelled"]);

/**
 * One run of the random campaign on a running system: people and slots of its own, and everything that can be done to
 * them and to the system meanwhile. `end` lets all come to rest and checks the invariants.
 */
export function openWorld(system: TestSystem, campaign: Campaign, points: Point[], proxy: MysqlProxy) {
  const run = begin(system, campaign, points, proxy);
  return {
    known: run.known,
    ...clientsOf(run),
    ...surroundingsOf(run),
    end: () => end(run),
    close(): void {
      clearInterval(run.tap);
      calm(run);
    },
  };
}

export type World = ReturnType<typeof openWorld>;
type Run = ReturnType<typeof begin>;

function begin(system: TestSystem, { audit, people: newPeople, slots }: Campaign, points: Point[], proxy: MysqlProxy) {
  const people = newPeople(peopleCount);
  const history: Seen[] = [];
  /** What was really on its way, to be sent again: bodies by queue, in the order in which they were seen. */
  const passed = new Map<string, Queue>();
  function look(): void {
    for (const queue of Object.keys(consumers) as Queue[]) {
      for (const { body } of audit.messages(queue)) {
        if (!passed.has(body) && people.some((person) => body.includes(`"${person}"`))) passed.set(body, queue);
      }
    }
  }
  return {
    system,
    audit,
    points,
    proxy,
    people,
    history,
    passed,
    tap: setInterval(look, tapMs),
    firstSlot: slots(slotCount),
    insured: new Set(people),
    client: witness(system, history),
    startedAt: new Date().toISOString(),
    logsBefore: system.logged.length,
    wrong: [] as string[],
    known: [] as Told[],
    keys: [] as { who: number; slot: number; country: string; key: string }[],
  };
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];
const isHold = ({ action, times = 0 }: { action?: string; times?: number }) =>
  action === "ReceiveMessage" && times > 1_000;

/** What clients do. */
function clientsOf({ people, firstSlot, client, history, wrong, known, keys }: Run) {
  async function book(who: number, slot: number, country: string, key?: string): Promise<void> {
    const person = people[who] ?? "";
    const told = await client.book(person, firstSlot + slot, country, key);
    if (told && !known.some(({ appointmentId }) => appointmentId === told.appointmentId)) known.push(told);
    const heard = history.at(-1)?.answer;
    if (heard !== 202 && heard !== "unknown") wrong.push(`a booking was answered ${heard}`);
  }

  return {
    /** Asks for a slot. */
    async book(who: number, slot: number, country: string): Promise<void> {
      const key = crypto.randomUUID();
      keys.push({ who, slot, country, key });
      await book(who, slot, country, key);
    },
    /** Asks once more for what was asked before, with the same Idempotency-Key. */
    async repeat(index: number): Promise<void> {
      const asked = pick(keys, index);
      if (asked) await book(asked.who, asked.slot, asked.country, asked.key);
    },
    /** Everybody asks for one slot at once. */
    async rush(slot: number, country: string): Promise<void> {
      await Promise.all(people.map((_, who) => book(who, slot, country)));
    },
    async change(told: Told, kind: "cancel" | "reschedule", slot: number, ifMatch?: string): Promise<void> {
      const body = kind === "reschedule" ? { scheduleId: firstSlot + slot } : {};
      await client.change(told, kind, body, ifMatch === undefined ? {} : { "if-match": ifMatch });
      const heard = history.at(-1)?.answer;
      if (typeof heard === "number" && !answers.has(heard)) wrong.push(`a ${kind} was answered ${heard}`);
    },
    /** Reads an appointment. @returns undefined when there was no answer */
    async read(told: Told): Promise<View | undefined> {
      const response = await client.read(told);
      if (response === undefined || response.status >= 500) return undefined;
      if (response.status !== 200) {
        wrong.push(`1 lost: ${told.appointmentId} was accepted and is answered ${response.status}`);
        return undefined;
      }
      return response.view;
    },
    /** What a later look must not contradict. */
    compare(told: Told, before: View | undefined, now: View): void {
      if (before === undefined) return;
      const back = now.version < before.version || (before.status !== "pending" && now.status === "pending");
      if (back || (final.has(before.status) && now.status !== before.status)) {
        wrong.push(`3 back: ${told.appointmentId} was ${JSON.stringify(before)} and then ${JSON.stringify(now)}`);
      }
    },
  };
}

/** What AWS, MySQL and time do. */
function surroundingsOf(run: Run) {
  const { system, audit, points, proxy, insured, passed } = run;
  return {
    /** The next calls of a kind meet a fault. */
    fault(index: number, fault: Fault, times: number): void {
      const point = pick(points, index);
      if (!point || !canMeet(point, fault)) return;
      const { function: name, service, action } = point;
      // A poll that hangs is given up after 25 s: one is enough to wait for.
      const often = fault === "hang" && action === "ReceiveMessage" ? 1 : times;
      system.gateway.faults.add([{ function: name, service, action, fault, times: often }]);
    },
    statement: (verb: string, fault: MysqlFault, times: number) => proxy.arm(verb, fault, times),
    /** Kills every process of a function, whatever it is at. */
    crash(name: string): void {
      for (const { pid } of system.functions.get(name)?.environments() ?? []) process.kill(pid, "SIGKILL");
    },
    /** Sends a message again that was on its way before. */
    async redeliver(index: number): Promise<void> {
      const again = pick([...passed], index);
      if (again) await audit.operator.send(again[1], [again[0]]);
    },
    /** Sends everything again that was on its way, the newest first. */
    echo: () => sendAllAgain(run),
    /** Lets a consumer receive nothing, but what it is waiting for at this moment. */
    hold(queue: Queue): void {
      const rule = { function: consumers[queue], service: "sqs", action: "ReceiveMessage" };
      system.gateway.faults.add([{ ...rule, fault: "throttle", times: 1_000_000 }]);
    },
    /** Lets it receive again: what waits, the newest first. */
    async release(queue: Queue): Promise<void> {
      for (const body of (await audit.operator.take(queue)).toReversed()) await audit.operator.send(queue, [body]);
      const rules = system.gateway.faults.list().filter((rule) => rule.function !== consumers[queue] || !isHold(rule));
      system.gateway.faults.clear();
      system.gateway.faults.add(rules);
    },
    /** The reconciler's minute has come for everything that waits. */
    tick: () => audit.bringForward(insured),
    /** Waits a moment for what is under way, so that what follows meets it decided. */
    rest: () => audit.pause(insured, 5_000),
  };
}

function calm({ system, proxy }: Run): void {
  system.gateway.faults.clear();
  proxy.disarm();
}

/** Without faults: all comes to rest, every message comes once more, every free slot is asked for; then the check. */
async function end(run: Run) {
  const { system, audit, insured, history, passed, wrong, startedAt, logsBefore } = run;
  calm(run);
  await audit.drain(insured, { limitMs: drainMs });
  await sendAllAgain(run);
  const items = await audit.drain(insured, { limitMs: drainMs });
  await askForFreeSlots(run, items);
  const faults = system.gateway.recent().filter(({ time, fault }) => time >= startedAt && fault !== undefined);
  const violations = await audit.violations({ insured, history, logs: audit.logsSince(logsBefore) });
  return {
    violations: [...wrong, ...violations],
    accepted: history.filter(({ answer }) => answer === 202).length,
    transitions: (await audit.items(insured)).flatMap(({ eventIds }) => eventIds).length,
    faults: faults.length,
    messages: passed.size,
  };
}

/** A slot that nobody has can be had: a cancel, or a crash, that keeps it for ever would show here. */
async function askForFreeSlots({ audit, client, people, insured, wrong }: Run, items: StoredItem[]): Promise<void> {
  const places = Map.groupBy(items, ({ countryISO, scheduleId }) => `${countryISO} ${scheduleId}`);
  const free = [...places.values()].filter((list) => list.every(({ status }) => status !== "completed"));
  const [person = ""] = people;
  const asked = await Promise.all(
    free.map(async ([was]) => was && client.book(person, was.scheduleId, was.countryISO)),
  );
  const ends = await audit.drain(insured, { limitMs: drainMs });
  for (const told of asked) {
    const end = ends.find(({ appointmentId }) => appointmentId === told?.appointmentId)?.status;
    if (end !== "completed") wrong.push(`2 kept: a slot that nobody has could not be had: ${end}`);
  }
}

async function sendAllAgain({ audit, passed }: Run): Promise<void> {
  for (const [body, queue] of [...passed].toReversed()) await audit.operator.send(queue, [body]);
}
