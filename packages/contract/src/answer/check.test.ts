import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answerChecker, type Exchange } from "./check.ts";

const file = new URL("../../../../docs/openapi.json", import.meta.url);
const check = answerChecker(JSON.parse(readFileSync(file, "utf8")));

const safe = {
  "apigw-requestid": "V8YGEPy7LNGP+4M=",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-request-id": "V8YGEPy7LNGP+4M=",
};
const appointment = {
  appointmentId: "01a20bae-ed3d-759d-8035-0cf391eea023",
  insuredId: "00042",
  scheduleId: 100,
  countryISO: "PE",
  createdAt: "2026-11-24T03:52:23.102Z",
  version: 2,
  updatedAt: "2026-11-24T03:52:24.506Z",
  status: "completed",
};
const read: Exchange = {
  method: "GET",
  path: `/appointments/00042/${appointment.appointmentId}`,
  status: 200,
  headers: { ...safe, etag: '"2"', "content-type": "application/json", "content-length": "1", date: "now" },
  body: JSON.stringify(appointment),
};
const refused: Exchange = {
  ...read,
  status: 404,
  headers: { ...safe, "content-type": "application/problem+json" },
  body: JSON.stringify({
    type: "urn:appointments:problem:appointment_not_found",
    title: "There is no such appointment",
    status: 404,
    detail: "The insured has no appointment of this id",
    code: "appointment_not_found",
    requestId: "V8YGEPy7LNGP+4M=",
  }),
};
const without = (headers: Exchange["headers"], name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
const changed = ({ body }: Exchange, parts: object) => JSON.stringify({ ...JSON.parse(body), ...parts });

describe("an answer that the document describes", () => {
  test.each<[string, Exchange]>([
    ["an appointment", read],
    ["an appointment by another spelling of its path", { ...read, path: read.path.replace("00042", "%30%30042") }],
    ["the same to HEAD, without a body", { ...read, method: "HEAD", body: "" }],
    ["a known version", { ...read, status: 304, headers: { ...safe, etag: '"2"' }, body: "" }],
    ["a problem", refused],
    [
      "a message of API Gateway",
      {
        ...read,
        status: 401,
        headers: {
          "apigw-requestid": "V8YGEPy7LNGP+4M=",
          "content-type": "application/json",
          "www-authenticate": "Bearer",
        },
        body: '{"message":"Unauthorized"}',
      },
    ],
    [
      "no route",
      {
        ...read,
        path: "/nowhere",
        status: 404,
        headers: { "apigw-requestid": "V8YGEPy7LNGP+4M=", "content-type": "application/json" },
        body: '{"message":"Not Found"}',
      },
    ],
    ["a preflight", { ...read, method: "OPTIONS", status: 204, headers: {}, body: "" }],
  ])("%s: has no fault", (_what, exchange) => {
    expect(check(exchange)).toEqual([]);
  });
});

describe("an answer that the document does not describe", () => {
  test.each<[string, Exchange, string]>([
    ["a status", { ...read, status: 418 }, "the document has no such status"],
    ["a header", { ...read, headers: { ...read.headers, server: "x" } }, "the header server is not in the document"],
    ["a header that is missing", { ...read, headers: without(read.headers, "etag") }, "the header etag is missing"],
    ["a header's value", { ...read, headers: { ...read.headers, etag: "2" } }, "the header etag: "],
    ["a content type", { ...read, headers: { ...read.headers, "content-type": "text/plain" } }, "text/plain"],
    ["a member", { ...read, body: changed(read, { pendingShard: "PE#1" }) }, "pendingShard"],
    ["a member that is missing", { ...read, body: changed(read, { version: undefined }) }, "'version'"],
    ["a member's value", { ...read, body: changed(read, { status: "lost" }) }, "/status"],
    ["a member inside", { ...read, body: changed(read, { change: { number: 1 } }) }, "/change"],
    ["a code of another operation", { ...refused, body: changed(refused, { code: "cursor_invalid" }) }, "/code"],
    ["a member of a problem", { ...refused, body: changed(refused, { insuredId: "00042" }) }, "insuredId"],
    ["a body where none is", { ...read, status: 304, headers: { ...safe, etag: '"2"' } }, "has a body"],
    ["a path", { ...read, path: "/nowhere" }, "no operation"],
  ])("%s: is named", (_what, exchange, named) => {
    const faults = check(exchange);
    expect(faults.join("\n")).toContain(named);
  });
});
