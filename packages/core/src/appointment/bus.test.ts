import { startEventBus } from "@appointments/tests/kit/event-bus";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type BusEvent, chunks, putEvents } from "../appointment/bus.ts";

let bus: Awaited<ReturnType<typeof startEventBus>>;

beforeAll(async () => {
  bus = await startEventBus();
});
afterAll(() => bus?.stop());
beforeEach(() => Object.assign(bus.state, { taken: [], calls: [], verdict: () => undefined, status: 200 }));

const event = (id: string, detail: unknown = { id }): BusEvent => ({
  id,
  source: "appointments.pe",
  type: "appointment.completed.v1",
  detail: JSON.stringify(detail),
  time: "2026-11-24T03:00:00.000Z",
});
const events = (count: number) => Array.from({ length: count }, (_, index) => event(`e${index}`));
const put = (...all: BusEvent[]) => putEvents(bus.client, "Bus", all);

test("25 events go in three calls of at most ten", async () => {
  expect(await put(...events(25))).toEqual(new Map());
  expect(bus.state.calls.map((entries) => entries.length)).toEqual([10, 10, 5]);
  expect(bus.state.taken[0]).toEqual({
    EventBusName: "Bus",
    Source: "appointments.pe",
    DetailType: "appointment.completed.v1",
    Detail: '{"id":"e0"}',
    Time: Date.parse("2026-11-24T03:00:00.000Z") / 1000,
  });
});

test("no events, no call", async () => {
  expect(await put()).toEqual(new Map());
  expect(bus.state.calls).toEqual([]);
});

test("events that are large together go in more calls", () => {
  const large = ["a", "b", "c"].map((id) => event(id, "é".repeat(60 * 1024)));
  expect(chunks(large).map((chunk) => chunk.length)).toEqual([2, 1]);
});

test("a call is filled to its last byte, and no further", () => {
  const limit = 256 * 1024;
  const overhead = 14 + "appointments.pe".length + "appointment.completed.v1".length + '""'.length;
  const half = (bytes: number) => event("x", "x".repeat(bytes - overhead));
  const sizes = (...all: BusEvent[]) => chunks(all).map((chunk) => chunk.length);
  expect(sizes(half(limit / 2), half(limit / 2))).toEqual([2]);
  expect(sizes(half(limit / 2), half(limit / 2 + 1))).toEqual([1, 1]);
  expect(sizes(half(limit / 2), half(limit / 4), half(limit / 4), half(100))).toEqual([3, 1]);
});

test("what AWS did not take at first is sent again, and only that", async () => {
  bus.state.verdict = ({ Detail }, call) => (Detail.includes("e1") && call === 1 ? "ThrottlingException" : undefined);
  expect(await put(...events(3))).toEqual(new Map());
  expect(bus.state.calls.map((entries) => entries.map(({ Detail }) => Detail))).toEqual([
    ['{"id":"e0"}', '{"id":"e1"}', '{"id":"e2"}'],
    ['{"id":"e1"}'],
  ]);
});

test("PutEvents answers 200 with FailedEntryCount above zero: what was not taken is reported, after three tries", async () => {
  bus.state.verdict = ({ Detail }) => (Detail.includes("e1") ? "InternalFailure" : undefined);
  const failed = await put(...events(3));
  expect([...failed.keys()]).toEqual(["e1"]);
  expect(failed.get("e1")).toMatchObject({ code: "bus_unavailable", retry: true });
  expect(bus.state.calls).toHaveLength(3);
});

test("what AWS refuses for good is not sent again, the others are", async () => {
  bus.state.verdict = ({ Detail }, call) => {
    if (Detail.includes("e0")) return "MalformedDetail";
    return Detail.includes("e1") && call === 1 ? "ThrottlingException" : undefined;
  };
  const failed = await put(...events(2));
  expect([...failed]).toEqual([["e0", expect.objectContaining({ code: "internal" })]]);
  expect(bus.state.calls.map((entries) => entries.length)).toEqual([2, 1]);
});

test("a bus that does not answer is given up, and all that is left fails with it", async () => {
  bus.state.status = 500;
  const failed = await put(...events(100));
  expect(failed.size).toBe(100);
  expect(failed.get("e99")).toMatchObject({ code: "bus_unavailable", retry: true });
  expect(bus.state.calls.length).toBeLessThanOrEqual(3);
});

test("what was taken before the bus went away is not told as failed", async () => {
  bus.state.verdict = () => {
    bus.state.status = 500;
    return undefined;
  };
  const failed = await put(...events(12));
  expect([...failed.keys()]).toEqual(["e10", "e11"]);
});
