import { list } from "@appointments/core/appointment/list";
import * as read from "@appointments/core/appointment/read";
import { saveRequest } from "@appointments/core/appointment/request";
import { settle } from "@appointments/core/appointment/settle";
import { topicAt } from "@appointments/core/appointment/topic";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMessaging, startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";

let table: Awaited<ReturnType<typeof startTable>>;
let messaging: Awaited<ReturnType<typeof startMessaging>>;
let topicArn: string;
let app: ReturnType<typeof createApp>;
let logged: () => string;
let insuredId: string;
let counter = 0;

beforeAll(async () => {
  [table, messaging] = await Promise.all([startTable(), startMessaging()]);
});
afterAll(async () => {
  await table?.stop();
  await messaging?.stop();
});
// Each test has an insured and a topic of its own.
beforeEach(async () => {
  logged = captureLog();
  insuredId = String(70_000 + ++counter);
  ({ topicArn } = await messaging.topicInto(`topic-${counter}`, `queue-${counter}`));
  app = appOver({ arn: topicArn });
});
afterEach(() => vi.restoreAllMocks());

const appOver = ({ arn = topicArn, over = table.table }: { arn?: string; over?: typeof table.table }) =>
  createApp({ ...settings, table: over, topic: topicAt(messaging.sns, arn) });

const published = () => messaging.bodies(`queue-${counter}`).map((body) => JSON.parse(body));
const good = () => ({ insuredId, scheduleId: 100, countryISO: "PE" });
const json = { "content-type": "application/json" };

async function send(path: string, init: RequestInit = {}, to = app) {
  const response = await to.request(path, init, asAdmin);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : undefined };
}
const post = (body: NonNullable<RequestInit["body"]> | null, headers: Record<string, string> = json, to = app) =>
  send("/appointments", { method: "POST", headers, body }, to);
const book = (parts = {}, headers = {}, to = app) =>
  post(JSON.stringify({ ...good(), ...parts }), { ...json, ...headers }, to);

/** An answer that refuses says so as RFC 9457 wants, and leaves nothing behind. */
async function refused(answer: Awaited<ReturnType<typeof send>>, status: number, code: string) {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    type: `/docs#error-${code}`,
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w/),
    code,
    requestId: answer.headers.get("x-request-id"),
  });
  // Where no field is at fault, none is listed.
  if (!code.endsWith("_invalid")) expect(answer.body).not.toHaveProperty("errors");
  expect(published()).toEqual([]);
  expect((await list(table.table, operator, insuredId, { limit: 1 })).items).toEqual([]);
}

describe("POST /appointments", () => {
  test("answers 202, where the appointment is, and the appointment with nothing internal", async () => {
    const answer = await book();
    expect(answer.status).toBe(202);
    const { appointmentId, createdAt } = answer.body;
    expect(answer.body).toEqual({
      ...good(),
      appointmentId,
      status: "pending",
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
    expect(answer.headers.get("location")).toBe(`/appointments/${insuredId}/${appointmentId}`);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect((await send(answer.headers.get("location") ?? "")).body).toEqual(answer.body);
  });

  test("asks the country, with the caller's trace", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const { appointmentId, createdAt } = (await book({}, { traceparent })).body;
    expect(published()).toMatchObject([
      { id: `${appointmentId}.requested`, subject: appointmentId, time: createdAt, traceparent, data: good() },
    ]);
    const [message] = messaging.emulator.inspectQueue(`queue-${counter}`)?.messages.ready ?? [];
    expect(message?.messageAttributes.countryISO).toMatchObject({ StringValue: "PE" });
  });

  test("SNS publish fails after the put: the answer is 202, the appointment waits for the reconciler", async () => {
    const gone = appOver({ arn: topicArn.replace("topic", "gone") });
    const answer = await book({}, {}, gone);
    expect(answer.status).toBe(202);
    expect(published()).toEqual([]);
    expect(await read.get(table.table, operator, answer.body)).toMatchObject({ status: "pending" });
    expect(logged()).toContain("appointment.publish_failed");
  });

  test("DynamoDB is away: 503, and when to try again", async () => {
    const away = await startTable();
    await away.stop();
    const answer = await book({}, {}, appOver({ over: away.table }));
    expect(answer.headers.get("retry-after")).toMatch(/^[0-9]+$/);
    await refused(answer, 503, "unavailable");
    expect(answer.text).not.toMatch(/table|dynamo/i);
    expect(logged()).toContain("table_unavailable");
  });

  test("a fault of ours is a 500 without its details", async () => {
    const broken = appOver({ over: { ...table.table, name: "NoSuchTable" } });
    const answer = await book({}, {}, broken);
    expect(answer.text).not.toMatch(/NoSuchTable|ResourceNotFound|DynamoDB/);
    await refused(answer, 500, "internal");
    expect(logged()).toContain("ResourceNotFoundException");
  });
});

describe("with an Idempotency-Key", () => {
  test("a repeat answers the same appointment, and asks again while it is pending", async () => {
    const key = { "idempotency-key": `key-${insuredId}` };
    const [first, second] = [await book({}, key), await book({}, key)];
    expect(second.status).toBe(202);
    expect([first, second].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(second.body).toEqual(first.body);
    expect(new Set(published().map(({ id }) => id))).toEqual(new Set([`${first.body.appointmentId}.requested`]));
    expect(published()).toHaveLength(2);
  });

  test("a repeat of a settled request answers the settled appointment, and publishes nothing", async () => {
    const key = { "idempotency-key": `key-${insuredId}` };
    const { status: _status, ...first } = (await book({}, key)).body;
    await settle(table.table, { ...first, status: "completed", version: 2 });
    expect((await book({}, key)).body).toMatchObject({ status: "completed", appointmentId: first.appointmentId });
    expect(published()).toHaveLength(1);
  });

  test("the client's retry after a failed publish is no false success: it publishes", async () => {
    const key = { "idempotency-key": `key-${insuredId}` };
    await book({}, key, appOver({ arn: topicArn.replace("topic", "gone") }));
    const { appointmentId } = (await book({}, key)).body;
    expect(published()).toMatchObject([{ subject: appointmentId }]);
  });

  test("another body under the same key is 422", async () => {
    const key = { "idempotency-key": `key-${insuredId}` };
    await book({}, key);
    expect(await book({ scheduleId: 101 }, key)).toMatchObject({
      status: 422,
      body: { code: "idempotency_key_reused" },
    });
  });

  test("while the first request is at work: 409, and when to repeat it; then its answer", async () => {
    const key = { "idempotency-key": `key-${insuredId}` };
    let meanwhile: Awaited<ReturnType<typeof send>> | undefined;
    // Between the key and the appointment.
    const client = new Proxy(table.table.client, {
      get: (target, property) => {
        if (property !== "send") return Reflect.get(target, property);
        return async (command: Parameters<typeof target.send>[0]) => {
          const { Item } = command.input as { Item?: { pk: string } }; // of a put
          if (Item?.pk === insuredId) meanwhile = await book({}, key);
          return target.send(command);
        };
      },
    });
    const first = await book({}, key, appOver({ over: { ...table.table, client } }));
    expect(first.status).toBe(202);
    expect(meanwhile).toMatchObject({ status: 409, body: { code: "request_in_progress" } });
    expect(meanwhile?.headers.get("retry-after")).toBe("1");
    const again = await book({}, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("255 visible characters are a key", async () => {
    expect((await book({}, { "idempotency-key": "~".repeat(255) })).status).toBe(202);
  });
});

describe("a bad body is refused, and nothing of it is stored, published or logged", () => {
  test("no body", async () => refused(await post(null), 400, "body_missing"));
  test("no body and no content type", async () => refused(await post(null, {}), 400, "body_missing"));

  test.each(["{", "{'a':1}", "hello", " ", '{"insuredId": 00042}', '{"a":1}{"b":2}'])("not JSON: %s", async (body) =>
    refused(await post(body), 400, "body_not_json"),
  );

  test("JSON that is not UTF-8", async () => {
    const latin1 = Buffer.from('{"insuredId":"00042","note":"ñ"}', "latin1");
    await refused(await post(latin1), 400, "body_not_json");
  });

  test.each([
    ["a name that is half a character", { "\ud800": 1 }],
    ["a text that is half a character", { note: "\ud800" }],
  ])("%s, on every route that takes a body", async (_what, body) => {
    const { appointmentId } = await saveRequest(table.table, operator, {
      insuredId: "00041",
      scheduleId: 1,
      countryISO: "PE",
    });
    for (const path of ["", `/00041/${appointmentId}/cancel`, `/00041/${appointmentId}/reschedule`]) {
      const sent = { method: "POST", headers: json, body: JSON.stringify(body) };
      await refused(await send(`/appointments${path}`, sent), 400, "body_not_json");
    }
  });

  test("two members of one name", async () => {
    const body = `{"scheduleId":1,${JSON.stringify(good()).slice(1)}`;
    await refused(await post(body), 400, "body_not_json");
  });

  test.each(["9007199254740991.4", "100.00000000000000000001"])(
    "a scheduleId of %s, which JavaScript would round: 422, named",
    async (literal) => {
      const answer = await post(JSON.stringify(good()).replace("100", literal));
      expect(answer.body.errors).toMatchObject([{ pointer: "#/scheduleId" }]);
      await refused(answer, 422, "fields_invalid");
    },
  );

  test("100.0 and 1e2 are a hundred", async () => {
    for (const literal of ["100.0", "1e2"]) {
      const answer = await post(JSON.stringify(good()).replace("100", literal));
      expect(answer).toMatchObject({ status: 202, body: { scheduleId: 100 } });
    }
  });

  test("at most 50 faults are named, and the rest counted", async () => {
    const parts = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`x${index}`, 1]));
    const [most, more] = [await book(parts(50)), await book(parts(63))];
    expect(most.body.errors).toHaveLength(50);
    expect(most.body).not.toHaveProperty("moreErrors");
    expect(more.body.errors).toHaveLength(50);
    expect(more.body).toMatchObject({ moreErrors: 13 });
  });

  test.each(["null", "[]", '"text"', "1", "true"])("JSON that is no object: %s", async (body) =>
    refused(await post(body), 422, "fields_invalid"),
  );

  test("over 16 KB, whether it says so or not", async () => {
    const body = JSON.stringify({ ...good(), note: "é".repeat(8 * 1024) });
    await refused(await post(body), 413, "body_too_large");
    const stream = new Blob([body]).stream();
    const unsaid = await send("/appointments", {
      method: "POST",
      headers: json,
      body: stream,
      duplex: "half",
    } as RequestInit);
    expect(unsaid.status).toBe(413);
  });

  test("a client that says it sends more is believed before anything is read", async () => {
    const post16 = (length: number) => post(JSON.stringify(good()), { ...json, "content-length": String(length) });
    await refused(await post16(16 * 1024 + 1), 413, "body_too_large");
    expect((await post16(16 * 1024)).status).toBe(202);
  });

  test("16 KB exactly is read", async () => {
    const text = JSON.stringify(good());
    expect((await post(text + " ".repeat(16 * 1024 - text.length))).status).toBe(202);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "application/json; charset=latin1",
    "application/json; charset=xutf-8",
    "",
  ])("content type %j", async (type) => {
    const answer = await post(JSON.stringify(good()), { "content-type": type });
    expect(answer.headers.get("accept-post")).toBe("application/json");
    await refused(answer, 415, "content_type_unsupported");
  });

  test.each([
    "application/json; charset=utf-8",
    "Application/JSON",
    'application/json;charset="UTF-8"',
    "application/json ; charset = utf-8",
  ])("but content type %s is right", async (type) =>
    expect((await post(JSON.stringify(good()), { "content-type": type })).status).toBe(202),
  );

  test("a compressed body", async () => {
    const answer = await post(JSON.stringify(good()), { ...json, "content-encoding": "gzip" });
    expect(answer.headers.get("accept-encoding")).toBe("identity");
    await refused(answer, 415, "content_type_unsupported");
  });

  test.each([
    ["a missing field", { scheduleId: undefined }, ["#/scheduleId"]],
    ["an unknown field", { note: "x" }, ["#/note"]],
    ["a wrong type", { insuredId: 42 }, ["#/insuredId"]],
    ['"PE "', { countryISO: "PE " }, ["#/countryISO"]],
    ["six digits", { insuredId: "123456" }, ["#/insuredId"]],
    ['"123", which must not become "00123"', { insuredId: "123" }, ["#/insuredId"]],
    ["a negative number", { scheduleId: -1 }, ["#/scheduleId"]],
    ["a fraction", { scheduleId: 1.5 }, ["#/scheduleId"]],
    ["a huge number", { scheduleId: 2 ** 60 }, ["#/scheduleId"]],
    [
      "all at once",
      { insuredId: "x", scheduleId: 0, countryISO: "AR", a: 1, b: 2 },
      ["#/insuredId", "#/scheduleId", "#/countryISO", "#/a", "#/b"],
    ],
  ])("%s: 422, and each field at fault is named", async (_what, parts, pointers) => {
    const answer = await book(parts);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    await refused(answer, 422, "fields_invalid");
  });

  test("no personal data of a refused request is in the log", async () => {
    for (const body of [
      `{"insuredId": ${insuredId}`,
      JSON.stringify({ insuredId, [insuredId]: insuredId }),
      `"${insuredId}"`,
    ]) {
      await post(body, { ...json, "idempotency-key": "very-own-key" });
    }
    await post(JSON.stringify(good()), { ...json, "idempotency-key": `very own key ${insuredId}` });
    await send(`/appointments/${insuredId}?limit=${insuredId}&cursor=${insuredId}`);
    await send(`/nothing/${insuredId}`, { method: "PATCH" });
    await send(`/appointments/${insuredId}/${insuredId}`);
    expect(logged()).toContain("http.refused");
    expect(logged()).not.toContain(insuredId);
    expect(logged()).not.toContain("very");
  });
});

describe("GET /appointments/{insuredId}", () => {
  const listed = async (query = "") => (await send(`/appointments/${insuredId}${query}`)).body;

  test("newest first, page by page, each once", async () => {
    const booked: string[] = [];
    for (let each = 0; each < 5; each++) booked.unshift((await book({ scheduleId: each + 1 })).body.appointmentId);
    const found: string[] = [];
    let cursor = "";
    do {
      const { items, nextCursor } = await listed(`?limit=3${cursor}`);
      expect(items.length).toBeLessThanOrEqual(3);
      found.push(...items.map((item: { appointmentId: string }) => item.appointmentId));
      cursor = nextCursor ? `&cursor=${nextCursor}` : "";
    } while (cursor);
    expect(found).toEqual(booked);
  });

  test("20 items unless told, and no cursor on the last page", async () => {
    for (let each = 1; each <= 21; each++) {
      await saveRequest(table.table, operator, { insuredId, scheduleId: each, countryISO: "CL" });
    }
    expect((await listed()).items).toHaveLength(20);
    expect((await listed()).nextCursor).toMatch(/^[\w-]+$/);
    expect(await listed("?limit=21")).not.toHaveProperty("nextCursor");
  });

  test("an insured with no appointments has an empty list", async () => {
    expect(await listed()).toEqual({ items: [] });
  });

  test.each(["0", "-1", "101", "1.5", "1e1", "x", "", "020", "+5"])("limit=%s: 400", async (limit) => {
    const answer = await send(`/appointments/${insuredId}?limit=${encodeURIComponent(limit)}`);
    expect(answer.body.errors).toEqual([
      { parameter: "limit", detail: "must be an integer from 1 to 100", code: "invalid" },
    ]);
    await refused(answer, 400, "parameters_invalid");
  });

  test("limit twice: 400, named", async () => {
    const answer = await send(`/appointments/${insuredId}?limit=1&limit=1`);
    expect(answer.body.errors).toEqual([{ parameter: "limit", detail: "must come once", code: "invalid" }]);
    await refused(answer, 400, "parameters_invalid");
  });

  test.each(["123456", "1234", "abcde", "00042%20", "%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5"])(
    "insuredId %s in the path: 400, named",
    async (text) => {
      const answer = await send(`/appointments/${text}`);
      expect(answer.body.errors).toEqual([
        { parameter: "insuredId", detail: "must be exactly five digits", code: "invalid" },
      ]);
      await refused(answer, 400, "parameters_invalid");
    },
  );
});

describe("GET /appointments/{insuredId}/{appointmentId}", () => {
  test.each([newId(), newId().toUpperCase(), "x", "00042"])("%s is not there: 404", async (appointmentId) => {
    await refused(await send(`/appointments/${insuredId}/${appointmentId}`), 404, "appointment_not_found");
  });

  test("another insured's appointment is not there: 404", async () => {
    const { appointmentId } = (await book()).body;
    expect(await send(`/appointments/00042/${appointmentId}`)).toMatchObject({ status: 404 });
  });
});

describe("a read of a version that the client has", () => {
  const known = async (tag: (etag: string) => string) => {
    const { headers } = await book();
    const [path, etag] = [headers.get("location") ?? "", headers.get("etag") ?? ""];
    return { etag, ...(await send(path, { headers: { "if-none-match": tag(etag) } })) };
  };

  test.each<[string, (etag: string) => string]>([
    ["its ETag", (etag) => etag],
    ["one of several", (etag) => `"99", ${etag}`],
    ["weakly", (etag) => `W/${etag}`],
    ["any", () => "*"],
  ])("%s: 304, with the ETag and no body", async (_what, tag) => {
    const { etag, ...answer } = await known(tag);
    expect(answer).toMatchObject({ status: 304, text: "" });
    expect(answer.headers.get("etag")).toBe(etag);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("another version: 200", async () => expect(await known(() => '"99"')).toMatchObject({ status: 200 }));

  test("what is no ETag: 400", async () => {
    expect(await known(() => "99")).toMatchObject({ status: 400, body: { code: "if_none_match_invalid" } });
  });

  test("of an appointment that is not there: 404", async () => {
    const headers = { "if-none-match": "*" };
    await refused(await send(`/appointments/${insuredId}/${newId()}`, { headers }), 404, "appointment_not_found");
  });
});

describe("whatever is asked", () => {
  test("a query parameter that a route does not take is refused by name, on every route", async () => {
    const routes = app.routes.filter(({ method }) => method !== "ALL");
    expect(new Set(routes.map(({ path }) => path)).size).toBeGreaterThan(6);
    for (const { method, path } of routes) {
      const url = path.replace(":insuredId", insuredId).replace(":appointmentId", newId());
      const answer = await send(`${url}?x=1&limlt=2&x=3`, { method });
      expect(answer.body.errors, `${method} ${path}`).toEqual([
        { parameter: "x", detail: "is not known", code: "unknown" },
        { parameter: "limlt", detail: "is not known", code: "unknown" },
      ]);
      await refused(answer, 400, "parameters_invalid");
    }
  });

  test("a method is logged where it is known, and only then", async () => {
    await send("/appointments", { method: "PUT" });
    await send("/appointments", { method: "FROB" });
    expect(logged()).toContain('"method":"PUT"');
    expect(logged()).toContain('"method":"OTHER"');
    expect(logged()).not.toContain("FROB");
  });

  test("GET /health says that the API is up, and asks nothing else", async () => {
    const alone = createApp({
      ...settings,
      table: { ...table.table, name: "NoSuchTable" },
      topic: { publish: async () => {} },
    });
    expect(await send("/health", {}, alone)).toMatchObject({ status: 200, body: { status: "ok" } });
  });

  test.each(["/", "/appointment", "/appointments/", "/appointments/00042/x/y", "/.env", "/health/x"])(
    "%s is an unknown path: 404",
    async (path) => refused(await send(path), 404, "path_unknown"),
  );

  test("whoever is lost is told where to book and where to read", async () => {
    const advice = "Book with POST /appointments; read with GET /appointments/{insuredId}";
    const { body: singular } = await send("/appointment", { method: "POST" });
    const { body: list } = await send("/appointments");
    expect([singular, list]).toMatchObject([{ detail: advice }, { detail: `Here is POST. ${advice}` }]);
    const { body: form } = await send("/appointments", {
      method: "POST",
      body: "x",
      headers: { "content-type": "text/x" },
    });
    expect(form).toMatchObject({ status: 415, detail: expect.stringContaining("content-type: application/json") });
  });

  test.each([
    ["PUT", "/appointments", "POST"],
    ["GET", "/appointments", "POST"],
    ["HEAD", "/appointments", "POST"],
    ["DELETE", "/appointments/00042", "GET, HEAD"],
    ["POST", "/appointments/00042/x", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["PURGE", "/health", "GET, HEAD"],
  ])("%s %s: 405, and what is allowed instead", async (method, path, allow) => {
    const answer = await send(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    if (method !== "HEAD") await refused(answer, 405, "method_not_allowed");
  });

  test.each(["/health", "/nothing", "/appointments/00042"])("%s is kept in no cache and no frame", async (path) => {
    const { headers } = await send(path);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-request-id")).toMatch(/./);
  });

  test("the log has one line per answer, with the route and not the path", async () => {
    await send(`/appointments/${insuredId}`);
    const [line] = logged()
      .split("\n")
      .map((each) => JSON.parse(each));
    expect(line).toMatchObject({
      event: "http.answered",
      method: "GET",
      route: "/appointments/:insuredId",
      status: 200,
    });
  });
});
