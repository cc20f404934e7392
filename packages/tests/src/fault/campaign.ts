import type { FaultRule } from "@appointments/local/gateway/fault";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { operatorOf } from "../integration/operator.ts";
import type { TestSystem } from "../integration/system.ts";
import { check, type Evidence, type Seen } from "./checker.ts";
import { lateCommand, lateOutcomes } from "./late.ts";
import { witness } from "./scenario.ts";
import { appointmentsOf, openRows, type StoredItem } from "./stores.ts";

/** A call to AWS on the way of an appointment: the `occurrence`th (from 0) of its kind in a scenario. */
export interface Point {
  function: string;
  service: string;
  action: string;
  occurrence: number;
}

export type Fault = FaultRule["fault"];

export interface Run {
  point?: Point;
  fault?: Fault;
  /** How many calls met the fault. */
  hits: number;
  violations: string[];
  ms: number;
}

/** Attempts of an SDK client: a fault hits them all, so that the function meets it and not only its client. */
const attempts = 3;
/** Silence after which what waits is brought forward, in milliseconds. */
const patienceMs = 3_000;

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Runs the scenario on a running system, as often as wanted, with insured and slots of its own each time. */
export function openCampaign(system: TestSystem, options: { drainMs?: number; beforeCheck?: () => void } = {}) {
  const { drainMs = 60_000, beforeCheck = () => {} } = options;
  const operator = operatorOf(system);
  const rows = openRows(system.state.databases);
  const { url: endpoint, region, accessKeyId, secretAccessKey } = system.state.gateway;
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const names = Object.keys(system.state.queues);
  const sources = names.filter((name) => !name.endsWith("_DLQ"));
  // An insured of this campaign begins with 0: no number in a log is written so.
  let person = 0;
  let slot = 1_000_000;

  const inspect = (name: string) =>
    system.emulators.inspectQueue(system.state.queues[name]?.url.split("/").at(-1) ?? "")?.messages;
  const itemsOf = async (insured: ReadonlySet<string>): Promise<StoredItem[]> =>
    appointmentsOf(await operator.items()).filter(({ insuredId }) => insured.has(insuredId));

  const isOpen = ({ status, change, waiting }: StoredItem) =>
    status === "pending" || change?.status === "pending" || waiting;

  /** What time would do: messages become visible, what waits is published again. */
  async function bringForward(items: StoredItem[]): Promise<void> {
    for (const name of sources) {
      for (const { receiptHandle: ReceiptHandle } of inspect(name)?.inflight ?? []) {
        const QueueUrl = system.state.queues[name]?.url;
        const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
        await sqs.send(command).catch(() => undefined); // deleted meanwhile
      }
    }
    for (const item of items.filter(isOpen)) await operator.reconcileNow(item).catch(() => undefined); // settled meanwhile, or hit
  }

  /** Waits until all is decided and, if asked, until the queues are empty; brings forward what waits. */
  async function settle(insured: ReadonlySet<string>, empty: boolean, timeoutMs = drainMs): Promise<StoredItem[]> {
    const deadline = Date.now() + timeoutMs;
    let quietSince = Date.now();
    for (;;) {
      const items = await itemsOf(insured);
      const depths = empty ? await Promise.all(sources.map((name) => operator.depth(name))) : [];
      const done = !items.some(isOpen) && depths.every((depth) => depth === 0);
      if (done || Date.now() > deadline) return items;
      if (Date.now() - quietSince > patienceMs) {
        await bringForward(items);
        quietSince = Date.now();
      }
      await pause(50);
    }
  }

  async function run(point?: Point, fault?: Fault): Promise<Run> {
    const startedAt = Date.now();
    const since = new Date(startedAt).toISOString();
    const logsBefore = system.logged.length;
    const history: Seen[] = [];
    const client = witness(system.url, history);
    const [a, b, c, d] = Array.from({ length: 4 }, () => `0${String(person++ % 10_000).padStart(4, "0")}`) as [
      string,
      string,
      string,
      string,
    ];
    const insured = new Set([a, b, c, d]);
    slot += 10;
    system.gateway.faults.clear();
    if (point && fault) {
      const { occurrence, ...call } = point;
      const once = fault.startsWith("kill");
      system.gateway.faults.add([{ ...call, fault, skip: occurrence, times: once ? 1 : attempts }]);
    }
    const poison = ["PE", "CL"].map((country) => ({ queue: `SQS_${country}`, body: `{ poison ${country} ${slot}` }));
    // Two for one slot, the second of them asked twice; one elsewhere; and a request that is published twice.
    const key = `${a}-${slot}`;
    const rival = await client.book(b, slot, "PE");
    const booked = await client.book(a, slot, "PE", key);
    await client.book(a, slot, "PE", key);
    for (const { queue, body } of poison) await operator.send(queue, [body]);
    const abroad = await client.book(c, slot, "CL");
    const published = (await itemsOf(insured)).find(({ insuredId }) => insuredId === a);
    if (published) await operator.reconcileNow(published).catch(() => undefined);
    const decided = await settle(insured, false);
    // The winner cancels, the one elsewhere moves, and a fourth cancels before it is decided.
    const winner = decided.find(({ status, countryISO }) => status === "completed" && countryISO === "PE");
    for (const told of [booked, rival]) {
      if (told && told.appointmentId === winner?.appointmentId) await client.change(told, "cancel");
    }
    if (abroad) await client.change(abroad, "reschedule", { scheduleId: slot + 1 });
    const hasty = await client.book(d, slot + 2, "PE");
    if (hasty) await client.change(hasty, "cancel");
    await client.list(a);
    const ended = await settle(insured, true);
    // Long after: every request and every decision comes once more. What is undecided is left so: it would be healed.
    const closed = ended.filter((item) => !isOpen(item));
    for (const country of ["PE", "CL"]) {
      const late = closed.filter(({ countryISO }) => countryISO === country).map(lateCommand);
      if (late.length > 0) await operator.send(`SQS_${country}`, late);
    }
    for (const { source, type, detail } of closed.flatMap(lateOutcomes)) await operator.put(source, type, detail);
    const items = await settle(insured, true);
    system.gateway.faults.clear();
    beforeCheck();
    const hits = system.gateway.recent().filter(({ time, fault }) => time >= since && fault !== undefined).length;
    const depths = await Promise.all(sources.map(async (name) => [name, await operator.depth(name)] as const));
    const violations = check({
      insured,
      history,
      items,
      rows: await rows.read(insured),
      queues: Object.fromEntries(depths),
      deadLetters: names.filter((name) => name.endsWith("_DLQ")).flatMap(deadLetters),
      poison: poison.map(({ body }) => body),
      logs: system.logged.slice(logsBefore).map((entry) => JSON.stringify(entry)),
    });
    return { ...(point && { point }), ...(fault && { fault }), hits, violations, ms: Date.now() - startedAt };
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
    slot += 10;
    const contested = slot;
    await Promise.all([...insured].map((each) => client.book(each, contested, "PE")));
    const items = (await settle(insured, true)).filter(({ scheduleId }) => scheduleId === contested);
    const depths = await Promise.all(sources.map(async (name) => [name, await operator.depth(name)] as const));
    const stored = Object.entries(await rows.read(insured)).map(
      ([country, list]) => [country, list.filter(({ scheduleId }) => scheduleId === contested)] as const,
    );
    const ends = new Map<string, number>();
    for (const { status, reason = "" } of items) {
      const end = `${status} ${reason}`.trim();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const expected = ends.get("completed") === 1 && ends.get("rejected schedule_taken") === clients - 1;
    return [
      ...(expected ? [] : [`2 contention: of ${clients} ended ${JSON.stringify(Object.fromEntries(ends))}`]),
      ...check({
        insured,
        history,
        items,
        rows: Object.fromEntries(stored),
        queues: Object.fromEntries(depths),
        deadLetters: names.filter((name) => name.endsWith("_DLQ")).flatMap(deadLetters),
        poison: [],
        logs: system.logged.slice(logsBefore).map((entry) => JSON.stringify(entry)),
      }),
    ];
  }

  /** Checks what is there now of these insured. */
  async function judge(
    { insured, history, poison }: Pick<Evidence, "insured" | "history" | "poison">,
    logsBefore: number,
  ): Promise<string[]> {
    const depths = await Promise.all(sources.map(async (name) => [name, await operator.depth(name)] as const));
    return check({
      insured,
      history,
      items: await itemsOf(insured),
      rows: await rows.read(insured),
      queues: Object.fromEntries(depths),
      deadLetters: names.filter((name) => name.endsWith("_DLQ")).flatMap(deadLetters),
      poison,
      logs: system.logged.slice(logsBefore).map((entry) => JSON.stringify(entry)),
    });
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

  function deadLetters(queue: string) {
    const { ready = [], delayed = [], inflight = [] } = inspect(queue) ?? {};
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(
      ({ messageId, body, messageAttributes }) => {
        const cause = messageAttributes.cause?.StringValue;
        return { queue, messageId, body, ...(cause !== undefined && { cause }) };
      },
    );
  }

  return {
    run,
    contend,
    people,
    slots,
    settle,
    judge,
    inspect,
    itemsOf,
    operator,
    bringForward: async (insured: ReadonlySet<string>) => bringForward(await itemsOf(insured)),
    database: rows.version,
    /** Runs without a fault. @returns its run, and every call that functions made on the way */
    async learn(): Promise<{ run: Run; points: Point[] }> {
      const since = new Date().toISOString();
      const learned = await run();
      const counted = new Map<string, number>();
      const points = system.gateway.recent().flatMap((call): Point[] => {
        const { function: name, service, action } = call;
        if (call.time < since || name === "operator") return [];
        const kind = `${name} ${service} ${action}`;
        const occurrence = counted.get(kind) ?? 0;
        counted.set(kind, occurrence + 1);
        return [{ function: name, service, action, occurrence }];
      });
      return { run: learned, points };
    },
    async close(): Promise<void> {
      system.gateway.faults.clear();
      sqs.destroy();
      operator.close();
      await rows.close();
    },
  };
}

export type Campaign = ReturnType<typeof openCampaign>;
