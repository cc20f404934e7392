import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AppointmentsError } from "../error.ts";
import { problem, type Received, type Reply, startServer } from "../testing/server.ts";
import { type Outgoing, type SendOptions, senderOf } from "./send.ts";

const quick = { baseMs: 1, maxMs: 2 };
const send = (url: string, options: Partial<SendOptions> = {}) =>
  senderOf({ baseUrl: url, token: "t", retry: quick, ...options });
const read: Outgoing = { method: "GET", path: "/things" };
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a request", () => {
  test("carries token, language, query and JSON", async () => {
    await using server = await startServer({ status: 202, body: { done: true } });
    const outgoing: Outgoing = {
      ...read,
      method: "POST",
      query: { a: "x y&z", b: 2, c: undefined },
      headers: { "if-match": '"1"', absent: undefined },
      body: { n: 1 },
    };
    const answer = await send(`${server.url}/v1/`, { language: "es" })(outgoing);
    expect(answer).toEqual({ status: 202, body: { done: true } });
    const [request] = server.received;
    expect(request).toMatchObject({ method: "POST", url: "/v1/things?a=x+y%26z&b=2", body: { n: 1 } });
    expect(request?.headers).toMatchObject({
      authorization: "Bearer t",
      "accept-language": "es",
      "content-type": "application/json",
      "if-match": '"1"',
    });
    expect(request?.headers).not.toHaveProperty("absent");
  });

  test("goes by the fetch that it is given", async () => {
    const asked: unknown[] = [];
    const own: typeof fetch = async (input) => {
      asked.push(input);
      return Response.json({ by: "own" });
    };
    expect(await send("http://api.invalid", { fetch: own })(read)).toEqual({ status: 200, body: { by: "own" } });
    expect(asked).toEqual(["http://api.invalid/things"]);
  });
});

describe("what is tried again", () => {
  test.each([
    ["429", { status: 429, body: { message: "Too Many Requests" } }],
    ["502", { status: 502, body: "<html>" }],
    ["503", problem(503, "unavailable")],
    ["504", { status: 504, body: { message: "Endpoint request timed out" } }],
    ["a connection that is cut", "cut"],
    ["an answer that is cut in its middle", "cut-in-body"],
    ["a request whose first try is still at work", problem(409, "request_in_progress")],
  ] as const)("%s, with the same request", async (_, failure) => {
    await using server = await startServer(failure, failure, { body: { ok: 1 } });
    const outgoing: Outgoing = { method: "POST", path: "/x", headers: { "idempotency-key": "k" }, body: { n: 1 } };
    expect(await send(server.url)(outgoing)).toEqual({ status: 200, body: { ok: 1 } });
    expect(server.received).toHaveLength(3);
    for (const { body, headers } of server.received) {
      expect([body, headers["idempotency-key"]]).toEqual([{ n: 1 }, "k"]);
    }
  });

  test("a try that gets no answer in time", async () => {
    await using server = await startServer("never", { body: 1 });
    expect(await send(server.url, { tryTimeoutMs: 50 })(read)).toEqual({ status: 200, body: 1 });
  });

  test.each([400, 401, 403, 404, 409, 412, 413, 415, 422, 500, 501])("not %d", async (status) => {
    await using server = await startServer(problem(status, "some_code"));
    expect(await caught(send(server.url)(read))).toMatchObject({ code: "some_code", status });
    expect(server.received).toHaveLength(1);
  });

  test("not more often than it may, and then the last failure is thrown", async () => {
    await using server = await startServer(problem(503, "unavailable", { headers: { "retry-after": "0" } }));
    const error = await caught(send(server.url, { retry: { ...quick, retries: 2 } })(read));
    expect(error).toMatchObject({ code: "unavailable", status: 503, retryAfterMs: 0, requestId: "r-1" });
    expect(server.received).toHaveLength(3);
  });

  test("not when the API asks for a longer wait than the call may take", async () => {
    await using server = await startServer(problem(503, "unavailable", { headers: { "retry-after": "30" } }));
    const error = await caught(send(server.url)(read, { timeoutMs: 20_000 }));
    expect(error).toMatchObject({ code: "unavailable", retryAfterMs: 30_000 });
    expect(server.received).toHaveLength(1);
  });

  test("nobody there: a network error with its cause", async () => {
    const server = await startServer({});
    await server[Symbol.asyncDispose]();
    const error = await caught(send(server.url)(read));
    expect(error).toMatchObject({ code: "network", status: undefined, cause: { cause: { code: "ECONNREFUSED" } } });
  });

  describe("after what Retry-After asks for", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
    afterEach(() => void vi.useRealTimers());

    test("and not before", async () => {
      const at: number[] = [];
      const busy = () => new Response(null, { status: 429, headers: { "retry-after": "7" } });
      const own: typeof fetch = async () => (at.push(Date.now()) === 1 ? busy() : Response.json("free"));
      const answer = send("http://api.invalid", { fetch: own })(read);
      while (at.length < 2) await vi.advanceTimersByTimeAsync(500);
      expect(await answer).toEqual({ status: 200, body: "free" });
      const [first = 0, second = 0] = at;
      expect(second - first).toBeGreaterThanOrEqual(7_000);
    });
  });
});

describe("a token that is refused", () => {
  const only =
    (token: string) =>
    ({ headers }: Received): Reply =>
      headers.authorization === `Bearer ${token}` ? { body: { token } } : { status: 401, body: { message: "No" } };

  test("is asked for again, once, with the token that was refused", async () => {
    await using server = await startServer(only("new"));
    const refused: (string | undefined)[] = [];
    const api = send(server.url, {
      token: (token) => {
        refused.push(token);
        return token === undefined ? "old" : "new";
      },
    });
    expect(await api(read)).toEqual({ status: 200, body: { token: "new" } });
    expect(await api(read)).toEqual({ status: 200, body: { token: "new" } });
    expect(refused).toEqual([undefined, "old"]);
    expect(server.received).toHaveLength(3);
  });

  test("is an error when the next one is refused as well, and when it is text", async () => {
    await using server = await startServer(only("right"));
    const gateway = { code: "unauthorized", status: 401, message: "The answer is 401 Unauthorized" };
    expect(await caught(send(server.url, { token: () => "wrong" })(read))).toMatchObject(gateway);
    expect(server.received).toHaveLength(2);
    expect(await caught(send(server.url, { token: "wrong" })(read))).toMatchObject(gateway);
    expect(server.received).toHaveLength(3);
  });

  test("a provider's own error comes as it is, and nothing is sent", async () => {
    await using server = await startServer({});
    const error = new Error("signed out");
    const api = send(server.url, { token: () => Promise.reject(error) });
    expect(await caught(api(read))).toBe(error);
    expect(server.received).toEqual([]);
  });
});

describe("an end before the answer", () => {
  test("an aborted signal: its reason, at once, and no further try", async () => {
    await using server = await startServer("never");
    const controller = new AbortController();
    const answer = caught(send(server.url)(read, { signal: controller.signal }));
    await server.came(1);
    const reason = new Error("the page was left");
    controller.abort(reason);
    expect(await answer).toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  test("a signal that was aborted before: nothing is sent, no token is asked for", async () => {
    await using server = await startServer({});
    const token = vi.fn(() => "t");
    const answer = send(server.url, { token })(read, { signal: AbortSignal.abort("left") });
    expect(await caught(answer)).toBe("left");
    expect([server.received, token.mock.calls]).toEqual([[], []]);
  });

  test.each([
    ["while it waits for a retry", { retry: { ...quick, baseMs: 1e9, maxMs: 1e9 } }],
    ["while the token is awaited", { token: () => new Promise<string>(() => {}) }],
  ])("aborted %s", async (_, options) => {
    await using server = await startServer({ status: 503 });
    const controller = new AbortController();
    const answer = caught(send(server.url, options)(read, { signal: controller.signal, timeoutMs: 2e9 }));
    if ("retry" in options) await server.came(1);
    controller.abort("left");
    expect(await answer).toBe("left");
  });

  test("the call's time: an error that names the last failure", async () => {
    await using server = await startServer(problem(503, "unavailable"), "never");
    const error = await caught(send(server.url)(read, { timeoutMs: 300 }));
    expect(error).toMatchObject({ code: "timeout", status: undefined, cause: { code: "unavailable" } });
  });

  test("in the moment of an answer that would be tried again", async () => {
    const controller = new AbortController();
    const own: typeof fetch = async () => {
      controller.abort("left");
      return new Response(null, { status: 503 });
    };
    const { signal } = controller;
    expect(await caught(send("http://api.invalid", { fetch: own })(read, { signal }))).toBe("left");
  });

  describe("leaves no timer", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => void vi.useRealTimers());

    test("when the call is done", async () => {
      await send("http://api.invalid", { fetch: async () => Response.json("done") })(read);
      expect(vi.getTimerCount()).toBe(0);
    });

    test("when it is aborted while it waits for a retry", async () => {
      const controller = new AbortController();
      const own = async () => new Response(null, { status: 503, headers: { "retry-after": "30" } });
      const answer = caught(send("http://api.invalid", { fetch: own })(read, { signal: controller.signal }));
      // The call's own timer, and of the try's and the wait's one at a time.
      await vi.advanceTimersByTimeAsync(29_000);
      expect(vi.getTimerCount()).toBe(2);
      controller.abort("left");
      expect(await answer).toBe("left");
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  test("a signal that lives on is left without listeners", async () => {
    await using server = await startServer("cut", { body: 1 });
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    await send(server.url)(read, { signal });
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
      add.mock.calls.map(([type, listener]) => [type, listener]),
    );
  });
});

describe("an error", () => {
  test("is the problem that the API answers", async () => {
    const errors = [{ pointer: "#/scheduleId", detail: "must be a positive integer", code: "invalid" }];
    await using server = await startServer(problem(422, "fields_invalid", { members: { errors } }));
    const error = await caught(send(server.url)(read));
    expect(error).toBeInstanceOf(AppointmentsError);
    expect(error).toMatchObject({
      name: "AppointmentsError",
      code: "fields_invalid",
      status: 422,
      message: "Do what fields_invalid needs",
      errors,
      requestId: "r-1",
      retryAfterMs: undefined,
    });
  });

  test.each([
    [401, "unauthorized"],
    [403, "insufficient_scope"],
    [429, "too_many_requests"],
    [500, "internal"],
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "unavailable"],
    [418, "unrecognized"],
  ])("of a gateway, %d without a problem, is %s", async (status, code) => {
    await using server = await startServer({ status, headers: { "x-request-id": "g-1" }, body: { message: "No" } });
    const error = await caught(send(server.url, { retry: { retries: 0 } })(read));
    expect(error).toMatchObject({ code, status, errors: [], requestId: "g-1" });
  });

  test("is an answer that is no JSON, whatever its status says", async () => {
    await using server = await startServer({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" });
    expect(await caught(send(server.url)(read))).toMatchObject({ code: "unrecognized", status: 200 });
  });
});
