import fc from "fast-check";
import type { TestSystem } from "../../integration/system.ts";
import { operations } from "../document.ts";
import { brokenRequest, goodRequest, type KnownIds } from "./request.ts";
import { sender, type WalkAnswer, type WalkRequest } from "./send.ts";

/** Requests in flight at once. */
const width = 8;
/** Requests of a round: first those that are right, then, with nothing else under way, those that are broken. */
const round = 250;

export interface Walked {
  seed: number;
  requests: number;
  /** By operation: how often each status was answered. */
  statuses: Record<string, Record<string, number>>;
  /** By the way in which requests were broken: how many there were. */
  broken: Record<string, number>;
  /** What must not be: one line each. */
  findings: string[];
}

/**
 * A random walk over the document: requests that it allows, and requests that are broken in one way each.
 *
 * A finding is a 5xx, an answer that the document does not describe, a broken request that is not refused, or a write to a
 * store or a topic that a round of broken requests made.
 */
export async function walk(
  system: TestSystem,
  { requests, seed }: { requests: number; seed: number },
): Promise<Walked> {
  const walked: Walked = { seed, requests: 0, statuses: {}, broken: {}, findings: [] };
  const known: { insuredId: string; appointmentId: string }[] = [];
  const { send, close } = sender(system.url, width);
  const sendAll = (batch: WalkRequest[]) =>
    inParallel(batch, async (request) => {
      const answer = await send(request);
      note(walked, request, answer);
      if (answer.status === 202 && known.length < 200) known.push(JSON.parse(answer.text));
    });
  try {
    for (let at = 0; walked.requests < requests; at++) {
      const size = Math.min(round, Math.ceil((requests - walked.requests) / 2));
      await sendAll(sample(goodRequest, size, seed + 2 * at, system.token, known));
      const before = writesOf(system);
      await sendAll(sample(brokenRequest, size, seed + 2 * at + 1, system.token, known));
      const after = writesOf(system);
      if (after !== before) walked.findings.push(`Round ${at}: what was refused was written: ${before} → ${after}`);
    }
  } finally {
    close();
  }
  walked.findings.push(...system.undocumented());
  return walked;
}

type Made = typeof goodRequest;

const sample = (made: Made, size: number, seed: number, token: string, known: KnownIds): WalkRequest[] =>
  fc.sample(
    fc.constantFrom(...operations).chain((operation) => made(operation, token, known)),
    { numRuns: size, seed },
  );

function note(walked: Walked, { operationId, broken, method, path }: WalkRequest, { status, text }: WalkAnswer): void {
  walked.requests++;
  walked.statuses[operationId] ??= {};
  const statuses = walked.statuses[operationId];
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (broken !== undefined) walked.broken[broken] = (walked.broken[broken] ?? 0) + 1;
  const what = `${method} ${path.slice(0, 100)} (${operationId}, ${broken ?? "as the document wants it"})`;
  if (status >= 500) walked.findings.push(`${what}: ${status} ${text.slice(0, 200)}`);
  if (broken !== undefined && status < 400) walked.findings.push(`${what}: ${status}, and was to be refused`);
}

/** What the API's function has asked stores and topics to write, as the meter counted it. */
function writesOf({ gateway }: TestSystem): string {
  const { requests } = gateway.meter.read();
  const writes = requests.filter(
    ({ function: name, action }) => name === "appointment" && !["GetItem", "Query"].includes(action),
  );
  return JSON.stringify(writes.map(({ action, requests: count }) => [action, count]).toSorted());
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
