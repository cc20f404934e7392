import type { Appointment } from "@appointments/core/appointment/appointment";
import { list } from "@appointments/core/appointment/list";
import * as read from "@appointments/core/appointment/read";
import { saveRequest } from "@appointments/core/appointment/request";
import type { Topic } from "@appointments/core/appointment/topic";
import { countryCodes } from "@appointments/core/country/country";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { claimsOf } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";
import { handlerOf } from "./gateway.ts";
import { type OperationId, operations, type Scope, scopes } from "./operation.ts";
import type { GuardedId } from "./route.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let app: ReturnType<typeof createApp>;
const published: string[] = [];
beforeAll(async () => {
  emulator = await startTable();
  const topic: Topic = { publish: async ({ appointmentId }) => void published.push(appointmentId) };
  app = createApp({ ...settings, table: emulator.table, topic });
});
afterAll(() => emulator?.stop());

let insuredId: string;
let counter = 0;
beforeEach(() => {
  captureLog();
  published.length = 0;
  insuredId = String(50_000 + ++counter);
});
afterEach(() => vi.restoreAllMocks());

type Claims = Record<string, string>;
interface Asked {
  insuredId: string;
  appointmentId?: string;
  countryISO?: string;
  query?: string;
  headers?: Record<string, string>;
}

/** Calls an operation as API Gateway does behind its JWT authorizer; without claims as if that were not there. */
async function call(id: OperationId, claims: Claims | undefined, of: Asked) {
  const { method, path } = operations[id];
  const { appointmentId = newId(), countryISO = "PE", query = "", headers = {} } = of;
  const rawPath = path.replace("{insuredId}", of.insuredId).replace("{appointmentId}", appointmentId);
  const bodies: Partial<Record<OperationId, unknown>> = {
    bookAppointment: { insuredId: of.insuredId, scheduleId: 1, countryISO },
    rescheduleAppointment: { scheduleId: 2 },
  };
  const body = bodies[id];
  const event = {
    version: "2.0",
    routeKey: `${method} ${path}`,
    rawPath,
    rawQueryString: query,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    requestContext: {
      ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
      domainName: "api.example.com",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "gateway-1",
      routeKey: `${method} ${path}`,
      stage: "$default",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
  const handler = handlerOf(app);
  // The handler reads these members of the event and no others.
  const answer = await handler(event as unknown as Parameters<typeof handler>[0]);
  const { "www-authenticate": challenge, "content-type": type } = answer.headers;
  return { status: answer.statusCode, challenge, type, body: answer.body ? JSON.parse(answer.body) : undefined };
}

const documents = ["getDocument", "readDocs"];
const known = (Object.keys(operations) as OperationId[]).filter((id) => !documents.includes(id)); // the keys of the table
const isGuarded = (id: OperationId): id is GuardedId => "scope" in operations[id];
const guarded = known.filter(isGuarded);
const ofOne = guarded.filter((id) => operations[id].path.includes("{appointmentId}"));
const ofPerson = guarded.filter((id) => !ofOne.includes(id));

const book = (countryISO: "PE" | "CL", who = insuredId) =>
  saveRequest(emulator.table, operator, { insuredId: who, scheduleId: 1, countryISO });
const stored = async (made: Appointment) => read.history(emulator.table, operator, made);

test("the app has a route for every operation but the documents, and no other", () => {
  const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
  const wanted = known.map((id) => `${operations[id].method} ${operations[id].path.replaceAll(/\{(\w+)\}/g, ":$1")}`);
  expect(new Set(routes)).toEqual(new Set(wanted));
  expect([ofOne.length, ofPerson.length]).toEqual([4, 2]);
});

test("what anybody may call needs no token", async () => {
  for (const id of known.filter((each) => !isGuarded(each))) {
    expect(await call(id, undefined, { insuredId })).toMatchObject({ status: 200 });
  }
});

describe.each(guarded)("%s", (id) => {
  const { scope } = operations[id];
  const wrong: Scope = scope === scopes.read ? scopes.write : scopes.read;

  async function refused(answer: Awaited<ReturnType<typeof call>>, status: number, code: string, challenge?: string) {
    expect(answer).toMatchObject({ status, type: "application/problem+json", body: { status, code } });
    expect(answer.challenge).toBe(challenge);
    expect(published).toEqual([]);
    expect((await list(emulator.table, operator, insuredId, { limit: 1 })).items).toEqual([]);
  }

  test("without claims: 401, and how to send a token", async () => {
    await refused(await call(id, undefined, { insuredId }), 401, "unauthorized", 'Bearer realm="appointments"');
  });

  const { insuredId: _none, ...ofNobody } = claimsOf.patient("00042");
  test.each<[string, Claims]>([
    ["an ID token", { ...claimsOf.admin, token_use: "id" }],
    ["names nobody", ofNobody],
    ["has no claims", {}],
    ["an insured of six digits", { ...claimsOf.patient("123456") }],
    ["an empty insured beside countries", { ...claimsOf.partner("PE CL"), insuredId: "" }],
    ["countries that are not served", claimsOf.partner("AR __proto__ toString")],
    ["no countries", claimsOf.partner("[]")],
    ["a partner without a client", { scope: `${scopes.read} ${scopes.write}`, sub: "x", countries: "PE" }],
    ["an admin without a subject or client", { scope: scopes.admin }],
    ["a client's id that is too long to keep", claimsOf.partner("PE", "x".repeat(256))],
  ])("a token that is no access token, or of nobody: 401 (%s)", async (_what, claims) => {
    const challenge = 'Bearer realm="appointments", error="invalid_token"';
    await refused(await call(id, claims, { insuredId }), 401, "unauthorized", challenge);
  });

  test.each([wrong, "", "appointments", `x${scope}`, `${scope}:x`, "APPOINTMENTS:ADMIN"])(
    "with the scope %j only: 403, and which it needs",
    async (only) => {
      const challenge = `Bearer realm="appointments", error="insufficient_scope", scope="${scope}"`;
      const answer = await call(id, { ...claimsOf.patient(insuredId), scope: only }, { insuredId });
      await refused(answer, 403, "insufficient_scope", challenge);
    },
  );

  test.each<[string, (own: string) => Claims]>([
    ["a patient with the scope", (own) => ({ ...claimsOf.patient(own), scope })],
    ["a partner with the scope among others", () => ({ ...claimsOf.partner("PE"), scope: `openid ${scope}` })],
    ["lists, as API Gateway writes them", () => ({ ...claimsOf.partner("[AR PE]"), scope: `[openid ${scope}]` })],
    ["an issuer that says scp", (own) => ({ sub: "x", insuredId: own, scp: `[${scope}]` })],
    ["a partner by azp", () => ({ scope, azp: "a-partner", countries: "CL PE" })],
    ["an admin, whatever else it says", () => ({ ...claimsOf.admin, insuredId: "00001", countries: "CL" })],
  ])("%s may", async (_who, claims) => {
    const made = await book("PE");
    const answer = await call(id, claims(insuredId), { insuredId, appointmentId: made.appointmentId });
    // Of what is pending, a reschedule is refused for its state.
    expect(answer.status).toBe(id === "rescheduleAppointment" ? 409 : scope === scopes.read ? 200 : 202);
  });
});

describe.each(ofOne)("%s", (id) => {
  test.each<[string, Claims]>([
    ["of another person", claimsOf.patient("00042")],
    ["of another country", claimsOf.partner("CL")],
  ])("%s: the same 404 as of what is not there, and nothing happens", async (_whose, claims) => {
    const made = await book("PE");
    const before = await stored(made);
    for (const headers of [{}, { "if-none-match": "*", "if-match": '"99"' }]) {
      const [another, none] = [
        await call(id, claims, { ...made, headers }),
        await call(id, claims, { insuredId, headers }),
      ];
      expect(another).toMatchObject({ status: 404, body: { code: "appointment_not_found" } });
      expect(another).toEqual(none);
    }
    expect(await stored(made)).toEqual(before);
    expect(published).toEqual([]);
  });
});

describe.each(ofPerson)("%s", (id) => {
  test("of another person: the same 404 whether or not there is one, and nothing happens", async () => {
    const made = await book("PE");
    const [another, none] = [
      await call(id, claimsOf.patient("00042"), { insuredId }),
      await call(id, claimsOf.patient("00042"), { insuredId: "99999" }),
    ];
    expect(another).toMatchObject({ status: 404, body: { code: "insured_not_found" } });
    expect(another).toEqual(none);
    expect((await list(emulator.table, operator, insuredId, { limit: 2 })).items).toEqual([made]);
    expect(published).toEqual([]);
  });
});

test("a partner books in its countries only: another is 404, and nothing is stored", async () => {
  for (const countryISO of countryCodes) {
    const answer = await call("bookAppointment", claimsOf.partner("CL"), { insuredId, countryISO });
    const refused = { status: 404, body: { code: "country_not_found" } };
    expect(answer).toMatchObject(countryISO === "CL" ? { status: 202, body: { countryISO } } : refused);
  }
  const { items } = await list(emulator.table, operator, insuredId, { limit: 5 });
  expect(items).toMatchObject([{ countryISO: "CL" }]);
});

test("a partner's list has its countries only, page by page, each page full", async () => {
  const theirs: string[] = [];
  for (const country of ["PE", "CL", "PE", "PE", "CL", "CL", "PE", "CL"] as const) {
    const { appointmentId } = await book(country);
    if (country === "PE") theirs.unshift(appointmentId);
  }
  const pages: string[][] = [];
  let cursor = "";
  do {
    const { body } = await call("listAppointments", claimsOf.partner("PE"), { insuredId, query: `limit=2${cursor}` });
    pages.push(body.items.map(({ appointmentId }: Appointment) => appointmentId));
    cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : "";
  } while (cursor);
  expect(pages).toEqual([theirs.slice(0, 2), theirs.slice(2)]);
});

test("a history says who asked, with the client of a partner and no person's id", async () => {
  const { body: made } = await call("bookAppointment", claimsOf.patient(insuredId), { insuredId });
  const { body: cancelled } = await call("cancelAppointment", claimsOf.partner("PE", "clinic-7"), made);
  expect(cancelled).toMatchObject({ change: { kind: "cancel", status: "pending" } });
  const { body } = await call("getAppointmentHistory", claimsOf.admin, made);
  expect(body.items).toMatchObject([
    { cause: "requested", by: { kind: "patient" } },
    { cause: "cancel_requested", by: { kind: "partner", clientId: "clinic-7" } },
  ]);
  expect(body.items[0].by).toEqual({ kind: "patient" });
});

test("an Idempotency-Key is its caller's: under another's it is a booking of its own", async () => {
  const headers = { "idempotency-key": "1" };
  const ask = async (claims: Claims) =>
    (await call("bookAppointment", claims, { insuredId, headers })).body.appointmentId;
  const callers = [claimsOf.patient(insuredId), claimsOf.partner("PE"), claimsOf.partner("PE", "b"), claimsOf.admin];
  const first = await Promise.all(callers.map(ask));
  expect(new Set(first).size).toBe(4);
  expect(await Promise.all(callers.map(ask))).toEqual(first);
});
