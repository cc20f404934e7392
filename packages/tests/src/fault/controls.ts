import type { RepositoryCopy } from "../repository.ts";
import type { Pair } from "./matrix.ts";

/** A handler written naively, and what of the campaign it is put through. */
export interface Control {
  name: string;
  /** Writes the naive variant into a copy of the repository. */
  spoil(copy: RepositoryCopy): Promise<void>;
  /** What else was spoilt to show it. With only that the same runs must violate nothing: it is not what is caught. */
  baseline?(copy: RepositoryCopy): Promise<void>;
  /** Faults that are tried in this order, after a run without any; the whole campaign tries them too. */
  pairs: Pair[];
  /** Clients that then ask for one slot at once. */
  contention?: number;
  /** The violation that is the point of it. */
  expected: RegExp;
}

const functions = "packages/functions/src";
const core = "packages/core/src";

const withoutReconciler = (copy: RepositoryCopy) =>
  copy.edit(
    `${functions}/reconcile.ts`,
    "republish(desk, () => context.getRemainingTimeInMillis() > pageMs);",
    "Promise.resolve({ published: 0, failed: context.getRemainingTimeInMillis() * 0 });",
  );

const ackBeforeCommit = (copy: RepositoryCopy) =>
  copy.edit(
    `${functions}/queue/consume.ts`,
    "const errors = await processAll(",
    "const errors: undefined[] = [];\n  void processAll(",
  );

const at = (name: string, service: string, action: string, fault: Pair["fault"]): Pair => ({
  point: { function: name, service, action, occurrence: 0 },
  fault,
});

/** Each must be caught by the campaign; the unspoilt handlers pass the same runs. */
export const controls: Control[] = [
  {
    name: "no idempotency: the key of a booking is not looked at",
    spoil: (copy) =>
      copy.edit(`${functions}/api/app.ts`, "request(table, wanted, { idempotencyKey })", "request(table, wanted)"),
    pairs: [],
    expected: /^4 twice: the key/,
  },
  {
    name: "non-monotone update: an outcome is written whatever the status",
    async spoil(copy) {
      const file = `${core}/appointment/settle.ts`;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code that is replaced
      await copy.edit(file, '`#status IN (${names.map(([name]) => name).join(", ")})`', '"attribute_exists(#status)"');
      await copy.edit(file, "      ...Object.fromEntries(names),\n", "");
      await copy.edit(
        file,
        '    ...(type === "appointment.completed.v1" ? ["attribute_not_exists(#change)"] : []),\n',
        "",
      );
    },
    pairs: [],
    expected: /^3 disagree: status/,
  },
  {
    name: "errors swallowed per record: logged, and the message is done",
    spoil: (copy) =>
      copy.edit(
        `${functions}/queue/consume.ts`,
        "await Promise.all(failed.map(({ record, error }) => fail(consumer, record, error)))",
        'failed.map(({ error }): string | undefined => void log.error("message.failed", { error }))',
      ),
    pairs: [],
    expected: /^5 dropped/,
  },
  {
    name: "dual write with no reconciler: put, then publish, and hope",
    spoil: withoutReconciler,
    pairs: [at("appointment", "sns", "Publish", "fail-before")],
    expected: /^1 undecided/,
  },
  {
    // Appointments are healed by the reconciler, late. What cannot be processed is not: nobody is left to bury it.
    name: "ack before commit: the message is done before the work is",
    spoil: ackBeforeCommit,
    pairs: [],
    expected: /^5 dropped: \{"version":"0"/,
  },
  {
    name: "ack before commit, no reconciler: what is lost stays lost",
    async spoil(copy) {
      await withoutReconciler(copy);
      await ackBeforeCommit(copy);
    },
    baseline: withoutReconciler,
    pairs: [
      at("appointmentPe", "events", "PutEvents", "fail-before"),
      at("appointmentCl", "events", "PutEvents", "kill-before"),
    ],
    expected: /^1 undecided/,
  },
  {
    // The moment between looking and taking is made wider, as it is with a database that is far or busy.
    name: "check-then-insert: the slot is looked up, then taken, with no unique key",
    async spoil(copy) {
      for (const country of ["pe", "cl"]) {
        await copy.edit(
          `${core}/country/${country}/migrations/0000_appointment.sql`,
          "PRIMARY KEY(`id`),\n\tCONSTRAINT `appointment_live_schedule` UNIQUE(`live_schedule_id`)",
          "PRIMARY KEY(`id`)",
        );
      }
      await copy.edit(
        `${core}/country/decide.ts`,
        '  await insert(db, table, requests, { status: "completed" }, now);',
        `  const held = new Set<number>();
  for (const { scheduleId } of requests) {
    const [taken] = await db.select().from(table).where(sql\`\${table.liveScheduleId} = \${scheduleId}\`).limit(1);
    if (taken) held.add(scheduleId);
  }
  await db.execute(sql\`select sleep(1.5)\`);
  const free = requests.filter(({ scheduleId }) => !held.has(scheduleId) && held.add(scheduleId));
  if (free.length > 0) await insert(db, table, free, { status: "completed" }, now);`,
      );
    },
    pairs: [],
    contention: 200,
    expected: /^2 shared slot: MySQL/,
  },
];
