import fc from "fast-check";
import { faults } from "../matrix.ts";
import { mysqlFaults } from "../mysql/proxy.ts";
import { consumers, type Queue, type View, type World } from "./world.ts";

/** What clients have seen: the newest look at each appointment, by its id. */
export interface Model {
  seen: Map<string, View>;
  /** How often each command was run. */
  counts: Map<string, number>;
}

type Happen<Details> = (world: World, details: Details, model: Model) => Promise<void> | void;

/** One thing that happens. It is written as it reads in a counterexample. */
const step = (
  name: string,
  shown: readonly unknown[],
  happen: (world: World, model: Model) => Promise<void> | void,
): fc.AsyncCommand<Model, World> => ({
  // What asks for an appointment that is not there does nothing.
  check: () => true,
  async run(model, world) {
    model.counts.set(name, (model.counts.get(name) ?? 0) + 1);
    await happen(world, model);
  },
  toString: () => `${name}(${shown.join(", ")})`,
});

/** Something that happens as often as its weight says, with whatever details. */
const may = <Details extends unknown[]>(
  weight: number,
  name: string,
  details: fc.Arbitrary<Details>,
  happen: Happen<Details>,
) => ({
  weight,
  arbitrary: details.map((chosen) => step(name, chosen, (world, model) => happen(world, chosen, model))),
});

const who = fc.nat({ max: 4 });
// Few slots, mostly in one country: a change should meet a taken one as often as a free one.
const slot = fc.nat({ max: 2 });
const country = fc.constantFrom("PE", "PE", "PE", "CL");
/** One of those that are there: often the first, so that some appointment has a long life. */
const any = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat({ max: 2 }) },
  { weight: 2, arbitrary: fc.nat({ max: 60 }) },
);
const seldom = fc.constantFrom(false, false, false, true);
const times = fc.integer({ min: 1, max: 4 });
const queue = fc.constantFrom<Queue[]>("SQS_PE", "SQS_CL", "SQS_CONFIRMATION");
const fault = fc.constantFrom(...faults);
const verb = fc.constantFrom("insert", "select", "update");
const consumer = fc.constantFrom("appointment", "reconcile", ...Object.values(consumers));
const nothing = fc.tuple();

/** With If-Match it names the version that was seen last; with an echo all that was on its way before comes again at once. */
const change = (weight: number, kind: "cancel" | "reschedule") => ({
  weight,
  arbitrary: fc.tuple(any, slot, seldom, seldom).map(([index, to, conditional, echoed]) => {
    const details = [index, ...(kind === "reschedule" ? [to] : []), ...(conditional ? ["If-Match"] : [])];
    return step(kind, [...details, ...(echoed ? ["echo"] : [])], async (world, model) => {
      const told = world.known[index % world.known.length];
      if (!told) return;
      const version = model.seen.get(told.appointmentId)?.version ?? 1;
      await world.change(told, kind, to, conditional ? `"${version}"` : undefined);
      if (echoed) await world.echo();
    });
  }),
});

const read: Happen<[number]> = async (world, [index], { seen }) => {
  const told = world.known[index % world.known.length];
  const now = told && (await world.read(told));
  if (!told || !now) return;
  world.compare(told, seen.get(told.appointmentId), now);
  seen.set(told.appointmentId, now);
};

/** Everything that clients, AWS, MySQL and time can do. Clients do more than faults, or nothing would ever be decided. */
const anything: fc.Arbitrary<fc.AsyncCommand<Model, World>> = fc.oneof(
  may(5, "book", fc.tuple(who, slot, country), (world, details) => world.book(...details)),
  may(2, "repeat", fc.tuple(any), (world, [index]) => world.repeat(index)),
  may(1, "rush", fc.tuple(slot, country), (world, details) => world.rush(...details)),
  change(4, "cancel"),
  change(7, "reschedule"),
  may(5, "read", fc.tuple(any), read),
  may(3, "fault", fc.tuple(any, fault, times), (world, details) => world.fault(...details)),
  may(1, "statement", fc.tuple(verb, fc.constantFrom(...mysqlFaults), times), (world, it) => world.statement(...it)),
  may(2, "crash", fc.tuple(consumer), (world, [name]) => world.crash(name)),
  may(4, "redeliver", fc.tuple(any), (world, [index]) => world.redeliver(index)),
  may(1, "echo", nothing, (world) => world.echo()),
  may(2, "hold", fc.tuple(queue), (world, [name]) => world.hold(name)),
  may(2, "release", fc.tuple(queue), (world, [name]) => world.release(name)),
  may(2, "tick", nothing, (world) => world.tick()),
  // A change of what is undecided is refused, so without rest little would ever happen.
  may(8, "rest", nothing, (world) => world.rest()),
);

/** A history of up to 60 steps; of one that goes wrong fast-check looks for a short one that does, too. */
export const steps = fc.noBias(fc.commands([anything], { maxCommands: 60, size: "max" }));
export type Steps = Iterable<fc.AsyncCommand<Model, World>>;
