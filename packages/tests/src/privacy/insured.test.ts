import { randomBytes, randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { findInsured } from "./insured.ts";

const id = "00042";
const insured = new Set([id, "00007"]);
const find = (...texts: string[]) => findInsured(texts, insured);
const body = JSON.stringify({ insuredId: id, scheduleId: 7 });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const base64url = (text: string) => Buffer.from(text).toString("base64url");
const hex = (text: string) => Buffer.from(text).toString("hex");

describe("an insured person is found in a log", () => {
  test.each([
    ["as it is", id],
    ["in a path", `GET /appointments/${id}/01a20bae-ed3d-759d-8035-0cf391e0a04b?limit=2 200`],
    ["in JSON", body],
    ["in JSON in JSON", JSON.stringify({ message: body })],
    ["in JSON, three deep", JSON.stringify({ message: JSON.stringify({ body }) })],
    ["after an escaped new line", JSON.stringify({ message: `who:\n${id}\n` })],
    ["after a word", `insured${id}`],
    ["before a word", `${id}insured`],
    ["after an underscore", `insured_${id}_x`],
    ["in the key of an item", `INSURED#${id}`],
    ["URL-encoded", encodeURIComponent(`/appointments/${id}`)],
    ["URL-encoded twice", encodeURIComponent(encodeURIComponent(`/appointments/${id}`))],
    ["URL-encoded digit by digit", "%30%30%30%34%32"],
    ["in code points", "\\u0030\\u0030\\u0030\\u0034\\u0032"],
    ["in code points of JSON in JSON", "\\\\u0030\\\\u0030\\\\u0030\\\\u0034\\\\u0032"],
    ["alone in base64", base64(id)],
    ["in base64 of an event", JSON.stringify({ body: base64(body), isBase64Encoded: true })],
    ["in base64url in a query", `/appointments?cursor=${base64url(`{"after":"${id}"}`)}&limit=2`],
    ["in base64 in a path", `/tmp/${base64(id)}/x`],
    ["in base64 of base64", base64(base64(body))],
    ["in base64 of an encoded path", base64(encodeURIComponent(`/appointments/${id}`))],
    ["URL-encoded base64", encodeURIComponent(base64(`${id}??>`))],
    ["in hex", hex(body)],
    ["in hex, upper case", hex(`/${id}/`).toUpperCase()],
    ["in a buffer that was printed", inspect(Buffer.from(body))],
    ["in a buffer as JSON", JSON.stringify(Buffer.from(body))],
    ["in base64 of hex", base64(hex(body))],
  ])("%s", (_, text) => {
    expect(find(`{"level":"info","message":"before"}`, text)).toEqual([expect.stringContaining(id)]);
  });

  test.each([0, 1, 2, 3, 4, 5])("in base64 that begins %i characters before", (before) => {
    const text = `${"x".repeat(before)}"${id}"`;
    expect(find(base64(text))).not.toEqual([]);
    expect(find(`q=${base64url(`${text}, and more`)}.x`)).not.toEqual([]);
  });

  test("every one of them is named", () => {
    expect(find(`${id} 00007`, `/appointments/00007`)).toHaveLength(3);
  });
});

describe("what is no insured person is none", () => {
  test.each([
    ["another person", "/appointments/00043"],
    ["part of a longer number", '{"scheduleId":100042,"size":"000420"}'],
    ["a fraction", '{"durationMs":12.00042}'],
    ["the end of a UUID", "01a20bae-ed3d-759d-8035-0cf391e00042"],
    ["part of a trace", "00-4bf92f3577b34da6a3ce929d00042736-00f067aa0ba902b7-01"],
    ["part of a random name", "AppointmentsTable-a00042b function-ab00042"],
    ["a moment", "2026-11-24T00:00:42.000Z"],
    ["an account and a port", "arn:aws:sqs:us-east-1:000000042000:SQS_PE http://127.0.0.1:40042"],
  ])("%s", (_, text) => {
    expect(find(text)).toEqual([]);
  });

  test("random ids and tokens hold no person, whoever is asked for", () => {
    const everybody = new Set(Array.from({ length: 10_000 }, (_, index) => String(index).padStart(5, "0")));
    const lines = Array.from({ length: 300 }, () =>
      JSON.stringify({ requestId: randomUUID(), messageId: randomUUID(), receipt: randomBytes(60).toString("base64") }),
    );
    expect(findInsured(lines, everybody)).toEqual([]);
  });

  test("an id that could be a port or a duration is refused", () => {
    expect(() => findInsured([], new Set(["20001"]))).toThrow("begins with 0");
  });
});
