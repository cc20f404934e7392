import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { operatorOf } from "../integration/operator.ts";
import type { TestSystem } from "../integration/system.ts";
import { check, type Seen } from "./checker.ts";
import { appointmentsOf, openRows, type StoredItem } from "./stores.ts";

/** What clients and others did to the system, which is checked against what is there. */
export interface Account {
  insured: ReadonlySet<string>;
  history: Seen[];
  /** Bodies that were sent and that nobody can process. */
  poison?: string[];
  logs: string[];
}

/** Silence after which what waits is brought forward, in milliseconds. */
const patienceMs = 2_000;

/** Looks at a running system when the faults are over: lets it drain, and checks everything that is there. */
export function openAudit(system: TestSystem) {
  const operator = operatorOf(system);
  const rows = openRows(system.state.databases);
  const { url: endpoint, region, accessKeyId, secretAccessKey } = system.state.gateway;
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const names = Object.keys(system.state.queues);
  const sources = names.filter((name) => !name.endsWith("_DLQ"));
  const inspect = (name: string) =>
    system.emulators.inspectQueue(system.state.queues[name]?.url.split("/").at(-1) ?? "")?.messages;
  const isOpen = ({ status, change, waiting }: StoredItem) =>
    status === "pending" || change?.status === "pending" || waiting;
  const items = async (insured: ReadonlySet<string>) =>
    appointmentsOf(await operator.items()).filter(({ insuredId }) => insured.has(insuredId));
  const depths = async () =>
    Object.fromEntries(await Promise.all(sources.map(async (name) => [name, await operator.depth(name)] as const)));

  /** What time would do: messages become visible, what waits is published again. */
  async function bringForward(all: StoredItem[]): Promise<void> {
    for (const name of sources) {
      for (const { receiptHandle: ReceiptHandle } of inspect(name)?.inflight ?? []) {
        const QueueUrl = system.state.queues[name]?.url;
        const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
        await sqs.send(command).catch(() => undefined); // deleted meanwhile
      }
    }
    for (const item of all.filter(isOpen)) await operator.reconcileNow(item).catch(() => undefined); // settled meanwhile
  }

  /** Waits until all is decided and the queues are empty, at most `limitMs`; what is left then is for the check to tell. */
  async function drain(insured: ReadonlySet<string>, limitMs: number): Promise<StoredItem[]> {
    const deadline = Date.now() + limitMs;
    let quietSince = Date.now();
    for (;;) {
      const all = await items(insured);
      const done = !all.some(isOpen) && Object.values(await depths()).every((depth) => depth === 0);
      if (done || Date.now() > deadline) return all;
      if (Date.now() - quietSince > patienceMs) {
        await bringForward(all);
        quietSince = Date.now();
      }
      await new Promise((again) => setTimeout(again, 50));
    }
  }

  const deadLetters = () =>
    names
      .filter((name) => name.endsWith("_DLQ"))
      .flatMap((queue) => {
        const { ready = [], delayed = [], inflight = [] } = inspect(queue) ?? {};
        const letters = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
        return letters.map(({ messageId, body, messageAttributes: { cause } }) => {
          const told = cause?.StringValue;
          return { queue, messageId, body, ...(told !== undefined && { cause: told }) };
        });
      });

  return {
    operator,
    items,
    deadLetters,
    drain,
    /** Drains, then checks the six invariants over all of it. @returns violations in words */
    async violations({ insured, history, poison = [], logs }: Account, limitMs = 60_000): Promise<string[]> {
      const all = await drain(insured, limitMs);
      return check({
        insured,
        history,
        items: all,
        rows: await rows.read(insured),
        queues: await depths(),
        deadLetters: deadLetters(),
        poison,
        logs,
      });
    },
    async close(): Promise<void> {
      sqs.destroy();
      operator.close();
      await rows.close();
    },
  };
}
