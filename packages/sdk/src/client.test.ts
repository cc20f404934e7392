import { describe, expect, test, vi } from "vitest";
import { createClient } from "./client.ts";
import { problem, type Reply, startServer } from "./testing/server.ts";
import type { Appointment } from "./types.ts";

const key = { insuredId: "00042", appointmentId: "01a20bae-ed3d-759d-8035-0cf391eea023" };
const completed: Appointment = {
  ...key,
  scheduleId: 100,
  countryISO: "PE",
  status: "completed",
  version: 2,
  createdAt: "2026-11-24T03:52:23.102Z",
  updatedAt: "2026-11-24T03:52:24.506Z",
};
const pending: Appointment = { ...completed, status: "pending", version: 1 };
const of = `/appointments/${key.insuredId}/${key.appointmentId}`;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const clientOf = ({ url }: { url: string }) => createClient({ baseUrl: url, token: "t", retry: { baseMs: 1 } });

describe("changes", () => {
  const accepted: Reply = { status: 202, body: pending };

  test("book, cancel and reschedule send what the document says", async () => {
    await using server = await startServer(accepted);
    const api = clientOf(server);
    expect(await api.book({ insuredId: "00042", scheduleId: 100, countryISO: "PE" })).toEqual(pending);
    await api.cancel(completed, { reason: "duplicate", ifMatch: completed });
    await api.cancel(key);
    await api.reschedule(key, { scheduleId: 7 }, { idempotencyKey: "mine", ifMatch: '"9"', traceparent: "00-1" });
    expect(server.received.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", "/appointments", { insuredId: "00042", scheduleId: 100, countryISO: "PE" }],
      ["POST", `${of}/cancel`, { reason: "duplicate" }],
      ["POST", `${of}/cancel`, undefined],
      ["POST", `${of}/reschedule`, { scheduleId: 7 }],
    ]);
    const sent = (name: string) => server.received.map(({ headers }) => headers[name]);
    expect(sent("content-type").map((type) => type === "application/json")).toEqual([true, true, false, true]);
    expect(sent("if-match")).toEqual([undefined, '"2"', undefined, '"9"']);
    expect(sent("traceparent")).toEqual([undefined, undefined, undefined, "00-1"]);
    const keys = sent("idempotency-key");
    expect(keys.slice(0, 3)).toEqual([1, 2, 3].map(() => expect.stringMatching(uuid)));
    expect(new Set(keys).size).toBe(4);
    expect(keys[3]).toBe("mine");
  });

  test("a retry has the key of the first try", async () => {
    await using server = await startServer("cut", problem(503, "unavailable"), "cut-in-body", accepted);
    await clientOf(server).cancel(key);
    const keys = server.received.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
  });

  test("a change of an appointment that has changed since is a typed error", async () => {
    await using server = await startServer(problem(412, "version_stale"));
    await expect(clientOf(server).cancel(key, { ifMatch: pending })).rejects.toMatchObject({ code: "version_stale" });
  });
});

describe("reads", () => {
  test("get, history and a page", async () => {
    await using server = await startServer({ body: completed }, { body: { items: [1] } }, { body: { items: [] } });
    const api = clientOf(server);
    expect(await api.get(key)).toEqual(completed);
    expect(await api.history(key)).toEqual([1]);
    expect(await api.page("00042", { limit: 5, cursor: "c/+=", status: undefined })).toEqual({ items: [] });
    expect(server.received.map(({ url }) => url)).toEqual([
      of,
      `${of}/history`,
      "/appointments/00042?limit=5&cursor=c%2F%2B%3D",
    ]);
  });

  test("what is known already is not answered again", async () => {
    await using server = await startServer({ status: 304 }, { body: completed });
    const api = clientOf(server);
    expect(await api.getIfChanged(key, pending)).toBeUndefined();
    expect(await api.getIfChanged(key, '"1"')).toEqual(completed);
    expect(server.received.map(({ headers }) => headers["if-none-match"])).toEqual(['"1"', '"1"']);
  });

  test.each(["", ".", ".."])("an id that would be another path is refused: %j", async (appointmentId) => {
    await using server = await startServer({ body: completed });
    await expect(clientOf(server).get({ ...key, appointmentId })).rejects.toThrow(TypeError);
    await expect(clientOf(server).page(appointmentId)).rejects.toThrow(TypeError);
    expect(server.received).toEqual([]);
  });

  test("a character of syntax in an id is no syntax of the URL", async () => {
    await using server = await startServer({ body: completed });
    await clientOf(server).get({ insuredId: "a/b?c", appointmentId: "#d%" });
    expect(server.received[0]?.url).toBe("/appointments/a%2Fb%3Fc/%23d%25");
  });
});

describe("list", () => {
  const pages: Reply[] = [
    { body: { items: [completed, pending], nextCursor: "second" } },
    { body: { items: [], nextCursor: "third" } },
    { body: { items: [completed] } },
  ];

  test("goes through all pages with the same filter", async () => {
    await using server = await startServer(...pages);
    const found: Appointment[] = [];
    for await (const each of clientOf(server).list("00042", { countryISO: "PE", pageSize: 2 })) found.push(each);
    expect(found).toEqual([completed, pending, completed]);
    expect(server.received.map(({ url }) => url)).toEqual([
      "/appointments/00042?countryISO=PE&limit=2",
      "/appointments/00042?countryISO=PE&limit=2&cursor=second",
      "/appointments/00042?countryISO=PE&limit=2&cursor=third",
    ]);
  });

  test("reads no page that nobody wants", async () => {
    await using server = await startServer(...pages);
    for await (const _ of clientOf(server).list("00042")) break;
    expect(server.received).toHaveLength(1);
  });

  test("ends with its signal", async () => {
    await using server = await startServer(pages[0] ?? {}, "never");
    const controller = new AbortController();
    const walk = (async () => {
      for await (const _ of clientOf(server).list("00042", { signal: controller.signal }));
    })();
    const outcome = walk.catch((error: unknown) => error);
    await server.came(2);
    controller.abort("left");
    expect(await outcome).toBe("left");
  });
});

describe("settled", () => {
  const change = { number: 1, kind: "cancel" } as const;

  test("asks until the country has decided, each time for an answer that is held back", async () => {
    await using server = await startServer({ body: pending }, { body: completed });
    expect(await clientOf(server).settled(key)).toEqual(completed);
    expect(server.received.map(({ url }) => url)).toEqual([`${of}?wait=20`, `${of}?wait=20`]);
  });

  test("waits for the newest change as well", async () => {
    const cancelled: Appointment = { ...completed, status: "cancelled", change: { ...change, status: "completed" } };
    const asked: Appointment = { ...completed, change: { ...change, status: "pending" } };
    await using server = await startServer({ body: asked }, { body: cancelled });
    expect(await clientOf(server).settled(key)).toEqual(cancelled);
  });

  test("has more time for an answer that is held back than for another", async () => {
    await using server = await startServer("never");
    const api = createClient({ baseUrl: server.url, token: "t", tryTimeoutMs: 1, retry: { retries: 0 } });
    await expect(api.get(key)).rejects.toMatchObject({ code: "network" });
    await expect(api.settled(key, { limitMs: 200 })).rejects.toMatchObject({ code: "unsettled" });
  });

  test("asks once a second an API that answers at once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const asked: number[] = [];
      const own = async () => Response.json(asked.push(performance.now()) < 4 ? pending : completed);
      const settled = createClient({ baseUrl: "http://api.invalid", token: "t", fetch: own }).settled(key);
      while (asked.length < 4) await vi.advanceTimersByTimeAsync(100);
      expect(await settled).toEqual(completed);
      const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    } finally {
      vi.useRealTimers();
    }
  });

  test("ends with its limit, with its signal, and with a refusal", async () => {
    await using server = await startServer({ body: pending });
    await expect(clientOf(server).settled(key, { limitMs: 100 })).rejects.toMatchObject({
      code: "unsettled",
      status: undefined,
    });
    await expect(clientOf(server).settled(key, { signal: AbortSignal.abort("left") })).rejects.toBe("left");
    await using other = await startServer(problem(404, "appointment_not_found"));
    await expect(clientOf(other).settled(key)).rejects.toMatchObject({ code: "appointment_not_found", status: 404 });
  });
});
