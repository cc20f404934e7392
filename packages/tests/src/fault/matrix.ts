import type { Fault, Pair, Point, Run } from "./campaign.ts";

export type { Pair };

export const faults: Fault[] = [
  "fail-before",
  "fail-after",
  "hang",
  "throttle",
  "partial",
  "kill-before",
  "kill-after",
];
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
 *
 * @param choice 0 for the fault that provoked it most; the next ones for when that was chance, and does not do it again
 */
export function provoked(learned: Point[], runs: Run[], choice = 0): Pair[] {
  const known = new Set(learned.map(kindOf));
  const found = new Map<string, { calls: Point[]; provokedBy: Pair }[]>();
  for (const { point, fault, provokedBy, points } of runs) {
    if (!point || !fault || provokedBy) continue;
    for (const [kind, calls] of Map.groupBy(points, kindOf)) {
      if (known.has(kind)) continue;
      const of = found.get(kind) ?? [];
      found.set(kind, [...of, { calls, provokedBy: { point, fault } }]);
    }
  }
  return [...found.values()].flatMap((ways) => {
    const way = ways.toSorted((a, b) => b.calls.length - a.calls.length)[choice];
    return way ? pairs(way.calls).map((pair) => ({ ...pair, provokedBy: way.provokedBy })) : [];
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
