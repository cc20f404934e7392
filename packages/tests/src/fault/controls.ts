import type { Pair } from "./matrix.ts";
import type { MysqlFault } from "./mysql/proxy.ts";
import type { Replacement } from "./replacement.ts";

/** A handler written naively, and what of the campaign it is put through. */
export interface Control {
  name: string;
  naive: Replacement;
  /** What else is naive to show it. With only that the same runs must violate nothing: it is not what is caught. */
  besides?: Replacement[];
  /** Faults that are tried in this order, after a run without any; the campaign tries them too. */
  pairs?: Pair[];
  /** What statements meet in the last run, so many times. */
  statement?: { verb: string; fault: MysqlFault; times: number };
  /** Clients that ask for one slot at once, instead of all the other runs, in databases without the unique key of slots. */
  contention?: number;
  /** The violation that is the point of it. */
  expected: RegExp;
}

const at = (name: string, service: string, action: string, fault: Pair["fault"]): Pair => ({
  point: { function: name, service, action, occurrence: 0 },
  fault,
});

/** Each must be caught by the campaign; the same runs without the naive module violate nothing. */
export const controls: Control[] = [
  {
    name: "no idempotency: the key of a booking is not looked at",
    naive: "no-idempotency",
    expected: /^4 twice: the key/,
  },
  {
    name: "non-monotone update: an outcome is written whatever the status",
    naive: "non-monotone",
    expected: /^3 disagree: version/,
  },
  {
    name: "errors swallowed per record: logged, and the message is done",
    naive: "swallowed-errors",
    expected: /^5 dropped/,
  },
  {
    name: "dual write with no reconciler: put, then publish, and hope",
    naive: "no-reconciler",
    pairs: [at("appointment", "sns", "Publish", "fail-before")],
    expected: /^1 undecided/,
  },
  {
    // Appointments are healed by the reconciler, late. What cannot be processed is not: nobody is left to bury it.
    name: "ack before commit: the message is done before the work is",
    naive: "ack-before-commit",
    expected: /^5 dropped: \{"version":"0"/,
  },
  {
    name: "ack before commit, no reconciler: what is lost stays lost",
    naive: "ack-before-commit",
    besides: ["no-reconciler"],
    pairs: [
      at("appointmentPe", "events", "PutEvents", "fail-before"),
      at("appointmentCl", "events", "PutEvents", "kill-before"),
    ],
    expected: /^1 undecided/,
  },
  {
    name: "check-then-insert: the slot is looked up, then taken, with no unique key",
    naive: "check-then-insert",
    contention: 200,
    expected: /^2 shared slot: MySQL/,
  },
  {
    name: "insert only: a request that comes again is an error of the database",
    naive: "insert-once",
    expected: /^5 buried: SQS_(PE|CL)_DLQ holds appointment\.requested\.v1 .* which was valid, for database_failed/,
  },
  {
    name: "a lost connection is taken for a fault of the data",
    naive: "lost-is-fault",
    statement: { verb: "insert", fault: "cut-before", times: 6 },
    expected: /^5 buried: SQS_(PE|CL)_DLQ holds .* which was valid, for database_failed/,
  },
];
