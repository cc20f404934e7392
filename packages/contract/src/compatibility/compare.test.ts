import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { breaksBetween, type Document } from "./compare.ts";

const file = new URL("../../../../docs/openapi.json", import.meta.url);
const text = readFileSync(file, "utf8");

/** A member of the document by its path; it must be there. */
// biome-ignore lint/suspicious/noExplicitAny: a test changes what it likes in a JSON document
function at(document: Document, ...path: string[]): any {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return path.reduce<any>((inner, name) => {
    const found = inner[name];
    if (found === undefined) throw new Error(`The document has no ${path.join(" ")}`);
    return found;
  }, document);
}

const schema = (document: Document, name: string, ...path: string[]) =>
  at(document, "components", "schemas", name, ...path);
const book = (document: Document, ...path: string[]) => at(document, "paths", "/appointments", "post", ...path);
const list = (document: Document, ...path: string[]) =>
  at(document, "paths", "/appointments/{insuredId}", "get", ...path);
const read = (document: Document, ...path: string[]) =>
  at(document, "paths", "/appointments/{insuredId}/{appointmentId}", "get", ...path);
const remove = (values: unknown[], value: unknown) => values.splice(values.indexOf(value), 1);
const named = (parameters: { name: string }[], name: string) =>
  at({ [name]: parameters.find((each) => each.name === name) } as never, name);

function breaksAfter(change: (document: Document) => void): string[] {
  const now: Document = JSON.parse(text);
  change(now);
  expect(JSON.stringify(now)).not.toBe(JSON.stringify(JSON.parse(text)));
  return breaksBetween(JSON.parse(text), now);
}

test("the document does not break itself", () => {
  expect(breaksBetween(JSON.parse(text), JSON.parse(text))).toEqual([]);
});

describe("a change that breaks clients is found, with its reason", () => {
  test.each<[string, (document: Document) => void, string]>([
    [
      "an operation that is removed",
      ({ paths }) => delete paths["/appointments/{insuredId}/{appointmentId}/history"],
      "getAppointmentHistory: GET /appointments/{insuredId}/{appointmentId}/history was removed",
    ],
    [
      "an operation of another name",
      (document) => {
        list(document).operationId = "listAll";
      },
      "listAppointments: its operationId is listAll now: clients call it by that",
    ],
    [
      "a member that is removed from an answer",
      (document) => {
        delete schema(document, "Appointment", "properties").updatedAt;
        remove(schema(document, "Appointment", "required"), "updatedAt");
      },
      "bookAppointment: the body of 202/updatedAt: was removed",
    ],
    [
      "a member that an answer may leave out now",
      (document) => remove(schema(document, "Appointment", "required"), "version"),
      "getAppointment: the body of 200/version: was always there and may be left out now",
    ],
    [
      "a value that is removed from an answer",
      (document) => remove(schema(document, "Appointment", "properties", "status", "enum"), "rejected"),
      'bookAppointment: the body of 202/status: the value "rejected" was removed',
    ],
    [
      "a value that is added to an answer",
      (document) => schema(document, "Change", "properties", "kind", "enum").push("transfer"),
      'bookAppointment: the body of 202/change/kind: the value "transfer" was added, and no client knows it',
    ],
    [
      "a member that a request needs now",
      (document) => {
        schema(document, "BookingRequest", "properties").centre = { type: "string" };
        schema(document, "BookingRequest", "required").push("centre");
      },
      "bookAppointment: the body/centre: is required now",
    ],
    [
      "a member that a request may not have any more",
      (document) => delete schema(document, "CancelRequest", "properties").reason,
      "cancelAppointment: the body/reason: was removed",
    ],
    [
      "a narrower type in a request",
      (document) => {
        schema(document, "BookingRequest", "properties", "scheduleId").type = "string";
      },
      "bookAppointment: the body/scheduleId: its type was integer and is string",
    ],
    [
      "a narrower bound in a request",
      (document) => {
        schema(document, "BookingRequest", "properties", "scheduleId").maximum = 1000;
      },
      "bookAppointment: the body/scheduleId: maximum was 9007199254740991 and is 1000",
    ],
    [
      "another pattern in a request",
      (document) => {
        schema(document, "BookingRequest", "properties", "insuredId").pattern = "^[0-9]{4}$";
      },
      "bookAppointment: the body/insuredId: its pattern was ^[0-9]{5}$ and is ^[0-9]{4}$",
    ],
    [
      "a value that a request may not have any more",
      (document) => remove(schema(document, "BookingRequest", "properties", "countryISO", "enum"), "CL"),
      'bookAppointment: the body/countryISO: the value "CL" was removed',
    ],
    [
      "a parameter that is new and required",
      (document) => list(document, "parameters").push({ name: "zone", in: "query", required: true, schema: {} }),
      "listAppointments: the query parameter zone: is new and required",
    ],
    [
      "a parameter that is required now",
      (document) => {
        named(book(document, "parameters"), "Idempotency-Key").required = true;
      },
      "bookAppointment: the header parameter Idempotency-Key: is required now",
    ],
    [
      "a parameter that is removed",
      (document) => list(document, "parameters").splice(1, 1),
      "listAppointments: the query parameter status: was removed",
    ],
    [
      "a narrower parameter",
      (document) => {
        named(list(document, "parameters"), "limit").schema.maximum = 50;
      },
      "listAppointments: the query parameter limit: maximum was 100 and is 50",
    ],
    [
      "a body that is required now",
      (document) => {
        at(document, "paths", "/appointments/{insuredId}/{appointmentId}/cancel", "post", "requestBody").required =
          true;
      },
      "cancelAppointment: the body is required now",
    ],
    [
      "a status that is never answered any more",
      (document) => delete read(document, "responses")["304"],
      "getAppointment: is never answered with 304 any more",
    ],
    [
      "a success of another status",
      (document) => {
        book(document, "responses")["201"] = { description: "x" };
      },
      "bookAppointment: can be answered with 201 now, which no client awaits",
    ],
    [
      "a content type that is removed",
      (document) => delete book(document, "responses", "422", "content")["application/problem+json"],
      "bookAppointment: the body of 422: is no application/problem+json any more",
    ],
    [
      "a header that is removed",
      (document) => delete book(document, "responses", "202", "headers").Location,
      "bookAppointment: 202: the header Location: was removed",
    ],
    [
      "a code of a problem that is removed",
      (document) => {
        const [, narrowed] = book(
          document,
          "responses",
          "422",
          "content",
          "application/problem+json",
          "schema",
          "allOf",
        );
        remove(narrowed.properties.code.enum, "idempotency_key_reused");
      },
      'bookAppointment: the body of 422/code: the value "idempotency_key_reused" was removed',
    ],
    [
      "an operation that needs a token now",
      (document) => {
        at(document, "paths", "/health", "get")["x-scope"] = "appointments:read";
      },
      "getHealth: needs the scope appointments:read now, and needed none",
    ],
  ])("%s", (_what, change, reason) => {
    expect(breaksAfter(change)).toContain(reason);
  });
});

describe("a change that no client notices is none", () => {
  test.each<[string, (document: Document) => void]>([
    [
      "an operation",
      (document) => {
        document.paths["/clinics"] = { get: { ...list(document), operationId: "listClinics" } };
      },
    ],
    [
      "a member of an answer",
      (document) => {
        schema(document, "Appointment", "properties").centre = { type: "string" };
      },
    ],
    [
      "a member that a request may have",
      (document) => {
        schema(document, "BookingRequest", "properties").centre = { type: "string" };
      },
    ],
    [
      "a value that a request may have",
      (document) => schema(document, "CancelRequest", "properties", "reason", "enum").push("weather"),
    ],
    [
      "a wider bound of a request",
      (document) => {
        named(list(document, "parameters"), "limit").schema.maximum = 500;
      },
    ],
    [
      "a parameter that may be left out",
      (document) => list(document, "parameters").push({ name: "zone", in: "query", required: false, schema: {} }),
    ],
    [
      "a status of an error, and a code of a problem",
      (document) => {
        const [, narrowed] = book(
          document,
          "responses",
          "422",
          "content",
          "application/problem+json",
          "schema",
          "allOf",
        );
        narrowed.properties.code.enum.push("slot_unknown");
        book(document, "responses")["402"] = book(document, "responses")["422"];
      },
    ],
    [
      "words for people",
      (document) => {
        list(document).description = "Everything.";
      },
    ],
  ])("%s", (_what, change) => {
    expect(breaksAfter(change)).toEqual([]);
  });
});
