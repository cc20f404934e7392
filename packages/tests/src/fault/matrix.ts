import type { Fault, Pair, Point, Run } from "./campaign.ts";

export type { Pair };

const faults: Fault[] = ["fail-before", "fail-after", "hang", "throttle", "partial", "kill-before", "kill-after"];
/** Calls with entries, of which some can fail. */
const batches = new Set(["PutEvents", "DeleteMessageBatch"]);

/** Later calls of a kind are made in the same places of the code; polls are as many as there is time. */
const occurrences = ({ action }: Point): number => (action === "ReceiveMessage" ? 1 : 2);

export const kindOf = ({ function: name, service, action }: Point): string => `${name} ${service} ${action}`;

/** Whether a call can meet a fault: some of its entries fail only if it has entries. */
export const canMeet = ({ action }: Pick<Point, "action">, fault: Fault): boolean =>
  fault !== "partial" || batches.has(action);

/** Every point with every fault that it can meet. */
export function pairs(points: Point[]): Pair[] {
  return points
    .filter((point) => point.occurrence < occurrences(point))
    .toSorted((a, b) => `${kindOf(a)}${a.occurrence}`.localeCompare(`${kindOf(b)}${b.occurrence}`))
    .flatMap((point) => faults.filter((fault) => canMeet(point, fault)).map((fault) => ({ point, fault })));
}

/**
 * The calls that are made only when something has gone wrong, with every fault: what was called in `runs`, and is of no kind
 * that was `learned` without a fault. Each comes with the fault that provoked it most.
 */
export function provoked(learned: Point[], runs: Run[]): Pair[] {
  const known = new Set(learned.map(kindOf));
  const found = new Map<string, { calls: Point[]; provokedBy: Pair }>();
  for (const { point, fault, points } of runs) {
    if (!point || !fault) continue;
    for (const [kind, calls] of Map.groupBy(points, kindOf)) {
      const most = found.get(kind)?.calls.length ?? 0;
      if (!known.has(kind) && calls.length > most) found.set(kind, { calls, provokedBy: { point, fault } });
    }
  }
  return [...found.values()].flatMap(({ calls, provokedBy }) => pairs(calls).map((pair) => ({ ...pair, provokedBy })));
}

/** `count` of the pairs, spread over all of them; another `offset` gives others. */
export function sample(all: Pair[], count: number, offset = 0): Pair[] {
  const stride = all.length / count;
  return Array.from({ length: Math.min(count, all.length) }, (_, index) => {
    const at = Math.floor(index * stride + offset) % all.length;
    return all[at];
  }).filter((pair) => pair !== undefined);
}
