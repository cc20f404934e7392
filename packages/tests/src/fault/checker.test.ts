import { expect, test } from "vitest";
import { check, type Evidence, type Item, type Row, type Seen } from "./checker.ts";

const seen = (parts: Partial<Seen> = {}): Seen => ({
  request: "book",
  insuredId: "00042",
  countryISO: "PE",
  scheduleId: 7,
  key: "k",
  answer: 202,
  appointmentId: "a",
  ...parts,
});
const item = (parts: Partial<Item> = {}): Item => ({
  appointmentId: "a",
  insuredId: "00042",
  scheduleId: 7,
  countryISO: "PE",
  status: "completed",
  version: 2,
  waiting: false,
  eventIds: ["a.requested", "a.completed"],
  ...parts,
});
const row = (parts: Partial<Row> = {}): Row => ({
  appointmentId: "a",
  insuredId: "00042",
  scheduleId: 7,
  status: "completed",
  version: 2,
  reason: null,
  ...parts,
});
const evidence = (parts: Partial<Evidence> = {}): Evidence => ({
  insured: new Set(["00042"]),
  history: [seen()],
  items: [item()],
  rows: { PE: [row()], CL: [] },
  queues: { SQS_PE: 0 },
  deadLetters: [{ queue: "SQS_PE_DLQ", messageId: "m", body: "{ poison", cause: "message_invalid: Not JSON" }],
  poison: [{ body: "{ poison", code: "message_invalid" }],
  logs: ['{"event":"appointment.decided","appointmentId":"01a20bae-ed3d-759d-8035-0cf391e00042"}'],
  ...parts,
});
const pe = (...rows: Row[]) => ({ PE: rows, CL: [] });

test("what is well has no violation", () => {
  expect(check(evidence())).toEqual([]);
});

test("a rejected appointment that was asked to cancel may be one version ahead of its row", () => {
  const rejected = { status: "rejected", reason: "schedule_taken" };
  const parts = { items: [item({ ...rejected, version: 3 })], rows: pe(row({ ...rejected, version: 2 })) };
  expect(check(evidence(parts))).toEqual([]);
  expect(check(evidence({ ...parts, items: [item({ ...rejected, version: 4 })] }))).toHaveLength(1);
});

test("an unknown answer may have booked once, or not at all", () => {
  const unknown = seen({ answer: "unknown" });
  delete unknown.appointmentId;
  expect(check(evidence({ history: [unknown, unknown] }))).toEqual([]);
  expect(check(evidence({ history: [unknown], items: [], rows: pe() }))).toEqual([]);
  // The second try was answered: the first can have booked nothing else.
  const other = { appointmentId: "b", scheduleId: 7, status: "cancelled" };
  const both = { items: [item(), item(other)], rows: pe(row(), row(other)) };
  expect(check(evidence({ history: [unknown, seen()], ...both }))).toEqual(["4 ghost: nobody was told of b"]);
});

const buried = (message: object) => ({
  queue: "SQS_PE_DLQ",
  messageId: "m",
  body: JSON.stringify(message),
  cause: "database_failed: The database refuses the data (ER_DUP_ENTRY)",
});
const b = { appointmentId: "b", insuredId: "00043" };
test.each<[violation: RegExp, Partial<Evidence>]>([
  [/^1 lost: book of a .* no item/, { items: [], rows: pe() }],
  [/^1 lost: cancel of a/, { history: [seen(), seen({ request: "cancel" })] }],
  [/^1 undecided: a is pending/, { items: [item({ status: "pending" })] }],
  [/^1 undecided: the cancel of a/, { items: [item({ change: { kind: "cancel", status: "pending" } })] }],
  [/^1 no reason: the reschedule of a/, { items: [item({ change: { kind: "reschedule", status: "rejected" } })] }],
  [/^1 undecided: a is completed, and still waits/, { items: [item({ waiting: true })] }],
  [/^2 shared slot: MySQL PE schedule 7/, { rows: pe(row(), row(b)) }],
  [/^2 shared slot: DynamoDB PE schedule 7/, { items: [item(), item(b)] }],
  [/^3 disagree: a is completed and has no row/, { rows: pe() }],
  [/^3 disagree: b is a row of PE and no item/, { rows: pe(row(), row({ ...b, scheduleId: 8 })) }],
  [/^3 disagree: status of a/, { rows: pe(row({ status: "cancelled" })) }],
  [/^3 disagree: scheduleId of a/, { rows: pe(row({ scheduleId: 9 })) }],
  [/^3 disagree: reason of a/, { rows: pe(row({ reason: "other" })) }],
  [/^3 disagree: insuredId of a/, { rows: pe(row({ insuredId: "00043" })) }],
  [/^3 disagree: version of a/, { rows: pe(row({ version: 3 })) }],
  [/^4 twice: the history of a/, { items: [item({ eventIds: ["a.completed", "a.completed"] })] }],
  [/^4 twice: the key k/, { history: [seen(), seen({ appointmentId: "b" })] }],
  [/^4 ghost: nobody was told of a/, { history: [seen({ answer: 422 })] }],
  [/^5 not drained: SQS_PE holds 1/, { queues: { SQS_PE: 1 } }],
  [/^5 no cause: m in SQS_PE_DLQ/, { deadLetters: [{ queue: "SQS_PE_DLQ", messageId: "m", body: "{ poison" }] }],
  [/^5 dropped: { poison/, { deadLetters: [] }],
  [
    /^5 long cause: 1001 characters with m/,
    { poison: [], deadLetters: [{ queue: "SQS_PE_DLQ", messageId: "m", body: "x", cause: "c".repeat(1001) }] },
  ],
  [/^1 overdue: SQS_PE holds 2 after 60000 ms/, { overdue: ["SQS_PE holds 2 after 60000 ms"] }],
  [
    /^5 buried: SQS_PE_DLQ holds appointment.requested.v1 \(a.requested\), which was valid, for database_failed: /,
    { poison: [], deadLetters: [buried({ type: "appointment.requested.v1", id: "a.requested" })] },
  ],
  [
    /^5 buried: SQS_PE_DLQ holds appointment.completed.v1 \(a.completed\), which was valid/,
    { poison: [], deadLetters: [buried({ detail: { type: "appointment.completed.v1", id: "a.completed" } })] },
  ],
  [/^5 wrong cause: { poison .* not country_foreign/, { poison: [{ body: "{ poison", code: "country_foreign" }] }],
  [/^6 abroad: a is a row of CL/, { rows: { PE: [row()], CL: [row()] } }],
  [/^6 told/, { logs: ["POST /appointments/00042/cancel"] }],
])("seen: %s", (violation, parts) => {
  expect(check(evidence(parts))).toContainEqual(expect.stringMatching(violation));
});
