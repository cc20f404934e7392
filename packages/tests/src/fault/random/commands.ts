import fc from "fast-check";
import type { Fault } from "../campaign.ts";
import { mysqlFaults } from "../mysql/proxy.ts";
import { consumers, type Queue, type View, type World } from "./world.ts";

/** What clients have seen: the newest look at each appointment, by its id. */
export interface Model {
  seen: Map<string, View>;
  /** How often each command was run. */
  counts: Map<string, number>;
}

/** One thing that happens. It is written as it reads in a counterexample. */
class Step implements fc.AsyncCommand<Model, World> {
  readonly #name: string;
  readonly #details: readonly unknown[];
  readonly #happen: (model: Model, world: World) => Promise<void> | void;

  constructor(name: string, details: readonly unknown[], happen: (model: Model, world: World) => Promise<void> | void) {
    this.#name = name;
    this.#details = details;
    this.#happen = happen;
  }

  /** What asks for an appointment that is not there does nothing. */
  check(): boolean {
    return true;
  }

  async run(model: Model, world: World): Promise<void> {
    model.counts.set(this.#name, (model.counts.get(this.#name) ?? 0) + 1);
    await this.#happen(model, world);
  }

  toString(): string {
    return `${this.#name}(${this.#details.join(", ")})`;
  }
}

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
const fault = fc.constantFrom<Fault[]>(
  "fail-before",
  "fail-after",
  "throttle",
  "partial",
  "kill-before",
  "kill-after",
  "hang",
);
const verb = fc.constantFrom("insert", "select", "update");
/** With If-Match it names the version that was seen last; with an echo all that was on its way before comes again at once. */
const change = (kind: "cancel" | "reschedule") =>
  fc.tuple(any, slot, seldom, seldom).map(([index, to, conditional, echoed]) => {
    const details = [index, ...(kind === "reschedule" ? [to] : []), ...(conditional ? ["If-Match"] : [])];
    return new Step(kind, [...details, ...(echoed ? ["echo"] : [])], async (model, world) => {
      const told = world.known[index % world.known.length];
      if (!told) return;
      const version = model.seen.get(told.appointmentId)?.version ?? 1;
      await world.change(told, kind, to, conditional ? `"${version}"` : undefined);
      if (echoed) await world.echo();
    });
  });

/** Everything that clients, AWS, MySQL and time can do. Clients do more than faults, or nothing would ever be decided. */
const step: fc.Arbitrary<fc.AsyncCommand<Model, World>> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(who, slot, country)
      .map((details) => new Step("book", details, (_, world) => world.book(...details))),
  },
  { weight: 2, arbitrary: any.map((index) => new Step("repeat", [index], (_, world) => world.repeat(index))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(slot, country)
      .map((details) => new Step("rush", details, (_, world) => world.rush(...details))),
  },
  { weight: 4, arbitrary: change("cancel") },
  { weight: 7, arbitrary: change("reschedule") },
  {
    weight: 5,
    arbitrary: any.map(
      (index) =>
        new Step("read", [index], async (model, world) => {
          const told = world.known[index % world.known.length];
          const now = told && (await world.read(told));
          if (!told || !now) return;
          world.compare(told, model.seen.get(told.appointmentId), now);
          model.seen.set(told.appointmentId, now);
        }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(any, fault, times)
      .map((details) => new Step("fault", details, (_, world) => world.fault(...details))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(verb, fc.constantFrom(...mysqlFaults), times)
      .map((details) => new Step("statement", details, (_, world) => world.statement(...details))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("appointment", "reconcile", ...Object.values(consumers))
      .map((name) => new Step("crash", [name], (_, world) => world.crash(name))),
  },
  { weight: 4, arbitrary: any.map((index) => new Step("redeliver", [index], (_, world) => world.redeliver(index))) },
  { weight: 1, arbitrary: fc.constant(new Step("echo", [], (_, world) => world.echo())) },
  { weight: 2, arbitrary: queue.map((name) => new Step("hold", [name], (_, world) => world.hold(name))) },
  { weight: 2, arbitrary: queue.map((name) => new Step("release", [name], (_, world) => world.release(name))) },
  { weight: 2, arbitrary: fc.constant(new Step("tick", [], (_, world) => world.tick())) },
  // A change of what is undecided is refused, so without rest little would ever happen.
  { weight: 8, arbitrary: fc.constant(new Step("rest", [], (_, world) => world.rest())) },
);

/** A history of up to 60 steps; of one that goes wrong fast-check looks for a short one that does, too. */
export const steps = fc.noBias(fc.commands([step], { maxCommands: 60, size: "max" }));
export type Steps = Iterable<fc.AsyncCommand<Model, World>>;
