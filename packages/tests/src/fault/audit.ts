import { operatorOf } from "../integration/operator.ts";
import type { TestSystem } from "../integration/system.ts";
import { check, type Evidence } from "./checker.ts";
import { appointmentsOf, openRows, type StoredItem } from "./stores.ts";

/** What clients and others did to the system, which is checked against what is there. */
type Account = Pick<Evidence, "insured" | "history" | "logs"> & {
  /** What was sent that nobody can process. */
  poison?: Evidence["poison"];
  /** Looks only at appointments for this slot. */
  scheduleId?: number;
};

/** Silence after which what waits is brought forward, in milliseconds. */
const patienceMs = 3_000;
/** How long all may take to come to rest, in milliseconds. */
const defaultLimitMs = 60_000;

/** Whether somebody still has to answer on the appointment. */
export const isOpen = ({ status, change, waiting }: StoredItem): boolean =>
  status === "pending" || change?.status === "pending" || waiting;

interface Rest {
  /** Default 60,000. */
  limitMs?: number | undefined;
  /** Whether to wait for the queues, too; default true. */
  queues?: boolean;
  /** Is called at each look. */
  onLook?: () => void;
}

/** Looks at a running system: lets it drain, and checks everything that is there. */
export function openAudit(system: TestSystem) {
  const view = openView(system);
  const { operator, rows, items, depths, deadLetters } = view;

  /** What did not come to rest in time, since the last check. */
  const overdue: string[] = [];

  /** Waits until all is at rest. What is left at the end of its time is a violation at the next check. */
  async function drain(insured: ReadonlySet<string>, options: Rest = {}): Promise<StoredItem[]> {
    // What was overdue once is not waited for again.
    const limitMs = overdue.length > 0 ? 1_000 : (options.limitMs ?? defaultLimitMs);
    const { all, left } = await rest(view, insured, { ...options, limitMs });
    if (left.length > 0) overdue.push(`${left.join(", ")} after ${limitMs} ms`);
    return all;
  }

  /** Waits until all is decided, at most so long: what then is not may still come. */
  const pause = async (insured: ReadonlySet<string>, limitMs: number): Promise<void> => {
    await rest(view, insured, { limitMs, queues: false });
  };

  /** Checks the six invariants on what is there now. @returns violations in words; none is well */
  async function violations({ scheduleId, ...account }: Account): Promise<string[]> {
    const counts = (it: { scheduleId: number }) => scheduleId === undefined || it.scheduleId === scheduleId;
    const stored = Object.entries(await rows.read(account.insured));
    return check({
      poison: [],
      ...account,
      items: (await items(account.insured)).filter(counts),
      rows: Object.fromEntries(stored.map(([country, list]) => [country, list.filter(counts)])),
      queues: await depths(),
      deadLetters: deadLetters(),
      overdue: overdue.splice(0),
    });
  }

  return {
    ...view,
    drain,
    pause,
    violations,
    /** What the database server calls itself. */
    database: rows.version,
    close: operator.close,
  };
}

type View = ReturnType<typeof openView>;

/** What can be seen of a running system, and what brings it forward. */
function openView(system: TestSystem) {
  const operator = operatorOf(system);
  const rows = openRows(system.state.databases);
  const names = Object.keys(system.state.queues);
  const sources = names.filter((name) => !name.endsWith("_DLQ"));
  const graves = names.filter((name) => name.endsWith("_DLQ"));

  /** The messages of a queue, whatever their state. */
  function messages(queue: string) {
    const { ready = [], delayed = [], inflight = [] } = operator.inspect(queue) ?? {};
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
  }

  const items = async (insured: ReadonlySet<string>): Promise<StoredItem[]> =>
    appointmentsOf(await operator.items()).filter(({ insuredId }) => insured.has(insuredId));
  const depths = async () =>
    Object.fromEntries(await Promise.all(sources.map(async (name) => [name, await operator.depth(name)] as const)));

  /** A visibility timeout is longer than the consumer may take, so a message does not come again while it is worked on. */
  function isWorkedOn(name: string): boolean {
    const queue = system.graph.queues.find((it) => it.name === name);
    const mapping = system.graph.mappings.find(({ queueArn }) => queueArn === queue?.arn);
    const consumer = [...system.functions.values()].find(({ arn }) => arn === mapping?.functionArn);
    return consumer?.environments().some(({ busy }) => busy) ?? false;
  }

  /** What time would do: messages become visible, what waits is published again. */
  async function bringForward(insured: ReadonlySet<string>): Promise<void> {
    for (const name of sources) if (!isWorkedOn(name)) await operator.release(name);
    // Settled meanwhile, or hit by a fault.
    for (const item of (await items(insured)).filter(isOpen)) {
      await operator.reconcileNow(item).catch(() => undefined);
    }
  }

  /** Lines of the log that were written after the first `count`. */
  const logsSince = (count: number): string[] => system.logged.slice(count).map((entry) => JSON.stringify(entry));

  const deadLetters = () =>
    graves.flatMap((queue) =>
      messages(queue).map(({ messageId, body, messageAttributes: { cause } }) => {
        return { queue, messageId, body, cause: cause?.StringValue };
      }),
    );

  async function purgeDeadLetters(): Promise<void> {
    for (const name of graves) await operator.purge(name);
  }

  return { operator, rows, sources, messages, items, depths, bringForward, deadLetters, purgeDeadLetters, logsSince };
}

/** Waits until all is decided and the queues are empty; brings forward what waits. @returns what is left, in words */
async function rest(
  { items, depths, bringForward }: View,
  insured: ReadonlySet<string>,
  { limitMs, queues = true, onLook = () => {} }: Rest & { limitMs: number },
) {
  const deadline = Date.now() + limitMs;
  let quietSince = Date.now();
  for (;;) {
    onLook();
    const all = await items(insured);
    const open = all.filter(isOpen);
    const held = queues ? Object.entries(await depths()).filter(([, depth]) => depth > 0) : [];
    const left = held.map(([queue, depth]) => `${queue} holds ${depth}`);
    if (open.length > 0) left.push(`${open.length} undecided`);
    if (left.length === 0 || Date.now() > deadline) return { all, left };
    if (Date.now() - quietSince > patienceMs) {
      await bringForward(insured);
      quietSince = Date.now();
    }
    await new Promise((again) => setTimeout(again, 50));
  }
}
