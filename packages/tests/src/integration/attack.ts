import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RawAnswer, sendRaw } from "@appointments/local/testing/raw";
import { expect, test } from "vitest";
import { embedsMessaging, embedsTables } from "../fidelity/targets/programs.ts";
import type { ApiAccess } from "./access.ts";
import { clientOf } from "./client.ts";
import type { TestSystem } from "./system.ts";

/** A request as lines, its end and its body. */
const sendLines = (url: string, lines: string[], body: Buffer | string = "") =>
  sendRaw(url, [...lines, "connection: close", "", ""].join("\r\n"), body);

/** A refusal of the API is a problem, or one of API Gateway's, and has an id to ask us about. */
function expectRefusal({ status, headers, text }: RawAnswer, wanted: number, code?: string): void {
  expect(status, text).toBe(wanted);
  expect(headers.get("apigw-requestid")).toMatch(/./);
  const body = JSON.parse(text);
  if (headers.get("content-type") === "application/json") expect(Object.keys(body)).toEqual(["message"]);
  else expect(body.requestId).toBe(headers.get("apigw-requestid"));
  if (code !== undefined) expect(body.code).toBe(code);
}

const booking = JSON.stringify({ insuredId: "00042", scheduleId: 7, countryISO: "PE" });
const json = "content-type: application/json";

/** Requests as bytes: what no client would send. */
function attacker(api: () => ApiAccess) {
  const url = () => api().url;
  const token = () => `authorization: Bearer ${api().token}`;
  const post = (body: Buffer | string, ...headers: string[]) => {
    const length = `content-length: ${Buffer.byteLength(body)}`;
    return sendLines(url(), ["POST /appointments HTTP/1.1", "host: a", token(), length, ...headers], body);
  };
  const get = (target: string, ...headers: string[]) =>
    sendLines(url(), [`GET ${target} HTTP/1.1`, token(), ...(headers.length > 0 ? headers : ["host: a"])]);
  return { get, post };
}

/** What an attacker tries on a whole system, through the front of the API and the real handler. */
export function attacks(systemOf: () => TestSystem): void {
  refusals(systemOf);
  readings(systemOf);
  intrusions(systemOf);
}

function refusals(api: () => ApiAccess): void {
  const { get, post } = attacker(api);
  const url = () => api().url;
  test.each([
    ["empty", ["idempotency-key:"]],
    ["doubled", ["idempotency-key: one", "idempotency-key: two"]],
    ["the same twice", ["idempotency-key: one", "idempotency-key: one"]],
    ["not ASCII", ["idempotency-key: clé"]],
  ])("an Idempotency-Key that is %s is refused", async (_what, headers) => {
    expectRefusal(await post(booking, json, ...headers), 400, "idempotency_key_invalid");
  });

  test.each([
    ["half a character in a name", '{"\\ud800":1}'],
    ["bytes that are no UTF-8", Buffer.from([...Buffer.from('{"insuredId":"'), 0xff, ...Buffer.from('"}')])],
    ["a member twice", booking.replace("{", '{"scheduleId":7,')],
  ])("a body with %s is refused", async (_what, body) => {
    expectRefusal(await post(body, json), 400, "body_not_json");
  });

  test("a number that JavaScript would round, a limit twice and an unknown parameter are refused", async () => {
    expectRefusal(await post(booking.replace(":7", ":9007199254740991.4"), json), 422, "fields_invalid");
    expectRefusal(await get("/appointments/00042?limit=1&limit=2"), 400, "parameters_invalid");
    expectRefusal(await get("/appointments/00042?limlt=1"), 400, "parameters_invalid");
  });

  // What a decoded ? leaves, API Gateway cuts off before any function sees it: %3F is none of these.
  test.each(["%00", "%0a", "%0d%0a", "%7f", "%23", "%253F", "%5c", "/..", "/%2e"])(
    "a path that ends in %s leads nowhere",
    async (end) => expectRefusal(await get(`/appointments/00042${end}`), 404, "path_unknown"),
  );

  test.each(["", "/", "/%2e%2e/00042", "//"])("a path that ends in %s has no route", async (end) => {
    const answer = await get(`/appointments${end === "" ? "s" : `/00042${end}`}`);
    expectRefusal(answer, 404);
    expect(answer.text).toBe('{"message":"Not Found"}');
  });

  test("a Host leads nowhere else", async () => {
    expectRefusal(await get("/appointments/00042x", "host: x/health?"), 400);
    expectRefusal(await get("/appointments/00042x", "host: evil.example"), 400, "parameters_invalid");
    // With this one there is no URL: a library that logs it would log the insured.
    expectRefusal(await get("/appointments/00042x", "host: x:99999"), 400, "parameters_invalid");
  });

  test("what is no request of HTTP, or too much of one, is refused in JSON and with an id", async () => {
    expectRefusal(await sendLines(url(), ["TRACE /appointments/00042 HTTP/1.1", "host: a"]), 404);
    expectRefusal(await get("http://evil.example/health"), 400);
    expectRefusal(await get("/health", "host: a", `x-long: ${"x".repeat(11_000)}`), 431);
    expectRefusal(await get("/health", "host: a", "expect: the impossible"), 417);
    expectRefusal(await get("/health", "no host"), 400);
    expectRefusal(await post(Buffer.alloc(6.5 * 1024 * 1024, " "), json), 413);
    expectRefusal(await post(Buffer.alloc(10.5 * 1024 * 1024, " "), json), 413);
  });
}

function readings(api: () => ApiAccess): void {
  const { get } = attacker(api);
  test("a HEAD has no route, and a known version is not sent again", async () => {
    const client = clientOf(api());
    const booked = await client.book(
      { insuredId: "00043", scheduleId: 43, countryISO: "CL" },
      { "idempotency-key": randomUUID() },
    );
    const { appointmentId } = await client.decided(booked);
    const path = `/appointments/00043/${appointmentId}`;
    expect(await sendLines(api().url, [`HEAD ${path} HTTP/1.1`, "host: a"])).toMatchObject({ status: 404, text: "" });
    const etag = (await get(path)).headers.get("etag");
    expect(etag).toBe('"2"');
    expect(await get(path, "host: a", `if-none-match: ${etag}`)).toMatchObject({ status: 304, text: "" });
    expect(await get(path, "host: a", 'if-none-match: "1"')).toMatchObject({ status: 200 });
  });
}

function intrusions(systemOf: () => TestSystem): void {
  // Which ports are a program's own can be read on Linux only.
  test.skipIf(process.platform !== "linux" || !embedsMessaging)(
    "another program on this machine is served by nobody but the API",
    async () => {
      const { gateway, apis } = systemOf().state;
      const program = join(import.meta.dirname, "intruder.ts");
      const ports = await listeningPorts(process.pid);
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...ports.map(String)]);
      const {
        [portOf(systemOf().url)]: api = [],
        [portOf(gateway.url)]: atGateway = [],
        ...behind
      } = JSON.parse(stdout);
      expect(Object.keys(apis)).toHaveLength(1);
      expect(new Set(api)).toEqual(new Set([404]));
      // Unsigned, wrongly signed or unknown: AWS says 400 or 403.
      expect(new Set(atGateway)).toEqual(new Set([400, 403]));
      // The emulators of this process: messaging, and the tables unless another program has them.
      expect(Object.keys(behind).length).toBeGreaterThanOrEqual(embedsTables ? 2 : 1);
      expect(new Set(Object.values(behind).flat())).toEqual(new Set([403]));
    },
  );
}

const portOf = (url: string) => new URL(url).port;

/** The TCP ports at which a process listens. */
async function listeningPorts(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  // A descriptor can be closed between the list and the look.
  const links = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => "")));
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  return tables
    .flatMap((table) => table.split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && inodes.has(inode))
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
}
