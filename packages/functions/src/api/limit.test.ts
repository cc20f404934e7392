import type { Caller } from "@appointments/core/appointment/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin, claiming, claimsOf } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";
import { countCalls } from "./limit.ts";
import { operations } from "./operation.ts";

beforeEach(() => void captureLog());
afterEach(() => vi.restoreAllMocks());

const appOf = (perSecond: number, burst: number) =>
  createApp({
    ...settings,
    callerLimit: { perSecond, burst },
    table: { client: undefined as never, name: "unused" },
    topic: { publish: async () => {} },
  });
/** A request that is refused before any store is asked. */
async function call(app: ReturnType<typeof createApp>, as: object = asAdmin) {
  const response = await app.request("/appointments/00042?limit=0", {}, as);
  const { code } = (await response.json()) as { code: string };
  const [policy, limit, retryAfter] = ["ratelimit-policy", "ratelimit", "retry-after"].map((name) =>
    response.headers.get(name),
  );
  return { status: response.status, code, policy, limit, retryAfter };
}

describe("a caller over the limit", () => {
  test("is refused with 429, hears when to come again, and other callers are not", async () => {
    const app = appOf(1, 2);
    const [one, other] = [claiming(claimsOf.partner("PE", "one")), claiming(claimsOf.partner("PE", "other"))];
    const allowed = { status: 400, code: "parameters_invalid", policy: '"caller";q=2;w=2', retryAfter: null };
    expect(await call(app, one)).toEqual({ ...allowed, limit: '"caller";r=1;t=1' });
    expect(await call(app, one)).toMatchObject({ ...allowed, limit: expect.stringContaining(";r=0;") });
    expect(await call(app, one)).toEqual({
      status: 429,
      code: "too_many_requests",
      policy: '"caller";q=2;w=2',
      limit: '"caller";r=0;t=2',
      retryAfter: "1",
    });
    expect(await call(app, other)).toMatchObject(allowed);
  });

  test("on every operation that has a caller, and on no other", async () => {
    const app = appOf(1, 1);
    await call(app);
    for (const [id, { method, path, ...of }] of Object.entries(operations)) {
      if (id === "getDocument" || id === "readDocs") continue;
      const url = path
        .replace("{insuredId}", "00042")
        .replace("{appointmentId}", "01a20bae-ed3d-759d-8035-0cf391eea023");
      const { status, headers } = await app.request(url, { method }, asAdmin);
      expect(status, id).toBe("scope" in of ? 429 : 200);
      expect(headers.has("ratelimit"), id).toBe("scope" in of);
    }
  });
});

describe("the count of calls", () => {
  const patient = (insuredId: string, id = "a-client"): Caller => ({ kind: "patient", id, insuredId });
  function counter(perSecond: number, burst: number) {
    let now = 0;
    const count = countCalls({ perSecond, burst }, () => now);
    const pass = (ms: number) => {
      now += ms;
    };
    return { count, pass };
  }
  const one = patient("00042");

  test("lets a burst through, then so many a second, and never saves up more than a burst", () => {
    const { count, pass } = counter(2, 3);
    const allowed = (times: number) => Array.from({ length: times }, () => count(one).allowed).filter(Boolean).length;
    expect(allowed(10)).toBe(3);
    pass(499);
    expect(allowed(1)).toBe(0);
    pass(1);
    expect(allowed(5)).toBe(1);
    pass(1_000);
    expect(allowed(5)).toBe(2);
    pass(3_600_000);
    expect(allowed(10)).toBe(3);
  });

  test("says what is left, when all is, and when the next is", () => {
    const { count, pass } = counter(0.1, 2);
    expect(count(one)).toEqual({ allowed: true, remaining: 1, resetSeconds: 10, retryAfterSeconds: 1 });
    expect(count(one)).toEqual({ allowed: true, remaining: 0, resetSeconds: 20, retryAfterSeconds: 10 });
    pass(4_000);
    expect(count(one)).toEqual({ allowed: false, remaining: 0, resetSeconds: 16, retryAfterSeconds: 6 });
  });

  test("a refused request costs nothing: who keeps asking is let through as soon as who waits", () => {
    const { count, pass } = counter(1, 1);
    count(one);
    for (let each = 0; each < 9; each++) {
      pass(100);
      expect(count(one).allowed).toBe(false);
    }
    pass(101);
    expect(count(one).allowed).toBe(true);
  });

  test("counts patients of one client apart, and kinds of one id", () => {
    const { count } = counter(1, 1);
    const callers: Caller[] = [
      one,
      patient("00043"),
      patient("00042", "another"),
      { kind: "operator", id: "a-client" },
      { kind: "partner", id: "a-client", countries: ["PE"] },
    ];
    for (const caller of callers) expect(count(caller).allowed).toBe(true);
    for (const caller of callers) expect(count(caller).allowed).toBe(false);
  });

  test("remembers ten thousand callers, and forgets who has not called for longest", () => {
    const { count } = counter(1, 1);
    const nth = (index: number) => patient(String(index).padStart(5, "0"));
    for (let each = 0; each < 10_000; each++) count(nth(each));
    expect(count(nth(0)).allowed).toBe(false);
    count(nth(10_000));
    expect(count(nth(1)).allowed, "is forgotten").toBe(true);
    expect(count(nth(0)).allowed, "has called since").toBe(false);
  });
});
