import type { Fault, Pair, Point } from "./campaign.ts";

export type { Pair };

const faults: Fault[] = ["fail-before", "fail-after", "hang", "throttle", "kill-before", "kill-after"];
/** Calls with entries, of which some can fail. */
const batches = new Set(["PutEvents", "DeleteMessageBatch"]);
/** The event source mapping's own calls: on AWS Lambda's pollers make them, whose timeouts are not ours to test. */
const polls = new Set(["ReceiveMessage", "DeleteMessageBatch"]);

/** Later calls of a kind are made in the same places of the code; polls are as many as there is time. */
const occurrences = ({ action }: Point): number => (action === "ReceiveMessage" ? 1 : 2);

export const kindOf = ({ function: name, service, action }: Point): string => `${name} ${service} ${action}`;

/** Every point with every fault that it can meet. */
export function pairs(points: Point[]): Pair[] {
  return points
    .filter((point) => point.occurrence < occurrences(point))
    .toSorted((a, b) => `${kindOf(a)}${a.occurrence}`.localeCompare(`${kindOf(b)}${b.occurrence}`))
    .flatMap((point) => {
      const met = faults.filter((fault) => fault !== "hang" || !polls.has(point.action));
      return [...met, ...(batches.has(point.action) ? (["partial"] as const) : [])].map((fault) => ({ point, fault }));
    });
}

/** `count` of the pairs, spread over all of them; another `offset` gives others. */
export function sample(all: Pair[], count: number, offset = 0): Pair[] {
  const stride = all.length / count;
  return Array.from({ length: Math.min(count, all.length) }, (_, index) => {
    const at = Math.floor(index * stride + offset) % all.length;
    return all[at];
  }).filter((pair) => pair !== undefined);
}
