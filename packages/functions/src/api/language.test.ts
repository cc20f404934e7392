import { parse } from "@appointments/core/parse";
import { captureLog } from "@appointments/tests/kit/capture";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pageOf } from "../document/page.ts";
import { asAdmin } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";
import { cancelBody, requestBody, rescheduleBody } from "./appointment.ts";
import { languageOf } from "./language.ts";
import { operations } from "./operation.ts";
import { fieldDetail, spanish } from "./problem/field.ts";
import { filled, problemCodes, problemOf, problems, typeOf } from "./problem/table.ts";

beforeEach(() => void captureLog());
afterEach(() => vi.restoreAllMocks());

const app = createApp({
  ...settings,
  table: { client: undefined as never, name: "unused" },
  topic: { publish: async () => {} },
});
const post = async (body: string, language?: string) => {
  const headers = { "content-type": "application/json", ...(language && { "accept-language": language }) };
  const response = await app.request("/appointments", { method: "POST", headers, body }, asAdmin);
  return { headers: response.headers, body: (await response.json()) as Record<string, unknown> };
};

test.each([
  [undefined, "en"],
  ["", "en"],
  ["es", "es"],
  ["ES-pe", "es"],
  ["es-419,es;q=0.9,en;q=0.8", "es"],
  ["en-US,en;q=0.9,es;q=0.8", "en"],
  ["en;q=0.5, es;q=0.7", "es"],
  ["es, en", "es"],
  ["en, es", "en"],
  ["fr, es;q=0.1", "es"],
  ["fr, de", "en"],
  ["*", "en"],
  ["en;q=0, *", "es"],
  ["es;q=0, en;q=0", "en"],
  ["es;q=0", "en"],
  ["est, es-PE;q=0.2", "es"],
  ["eso", "en"],
  ["es;q=2, en", "es"],
  [";;;,,q=", "en"],
])("Accept-Language %j is answered in %s", (header, language) => {
  expect(languageOf(header)).toBe(language);
});

describe("a problem", () => {
  test("is in the language that was asked for, which it names, with the same codes", async () => {
    const body = JSON.stringify({ insuredId: "1", scheduleId: -1, countryISO: "AR", x: 1 });
    const [english, castilian] = [await post(body), await post(body, "es-CL,es;q=0.9")];
    expect(english.headers.get("content-language")).toBe("en");
    expect(castilian.headers.get("content-language")).toBe("es");
    for (const { headers } of [english, castilian]) expect(headers.get("vary")).toBe("accept-language");
    expect(english.body).toMatchObject({
      title: "Fields are not valid",
      detail: "Correct the fields named in errors",
      errors: [
        { pointer: "#/insuredId", detail: "must be a string of exactly five digits", code: "invalid" },
        { pointer: "#/scheduleId", detail: "must be a positive integer", code: "invalid" },
        { pointer: "#/countryISO", detail: "must be one of PE, CL", code: "invalid" },
        { pointer: "#/x", detail: "is not known", code: "unknown" },
      ],
    });
    expect(castilian.body).toMatchObject({
      type: english.body.type,
      code: "fields_invalid",
      title: "Hay campos no válidos",
      detail: "Corrija los campos nombrados en errors",
      errors: [
        { pointer: "#/insuredId", detail: "debe ser un texto de exactamente cinco dígitos", code: "invalid" },
        { pointer: "#/scheduleId", detail: "debe ser un entero positivo", code: "invalid" },
        { pointer: "#/countryISO", detail: "debe ser uno de PE, CL", code: "invalid" },
        { pointer: "#/x", detail: "no se conoce", code: "unknown" },
      ],
    });
  });

  test("has its values in either language", async () => {
    const body = " ".repeat(16 * 1024 + 1);
    expect((await post(body)).body.detail).toBe("Send at most 16384 bytes");
    expect((await post(body, "es")).body.detail).toBe("Envíe como máximo 16384 bytes");
  });

  test("leads to where its code is explained, on the page that the API serves", async () => {
    expect((await post("{")).body.type).toBe("/docs#error-body_not_json");
    const { text } = pageOf({ script: "", style: "" }, "/openapi.json");
    for (const code of problemCodes) {
      const [path, fragment] = typeOf(code).split("#");
      expect(path).toBe(operations.readDocs.path);
      expect(text).toContain(`id="${fragment}"`);
      for (const each of [problemOf(code).title, ...Object.values(problemOf(code).details)]) {
        expect(text).toContain(each.en);
        expect(text).toContain(each.es);
        expect(each.en + each.es, "is no HTML").not.toMatch(/[<>&]/);
      }
    }
  });
});

describe("every text", () => {
  const texts = Object.entries(problems).flatMap(([code, { title, details }]) =>
    [title, ...Object.values(details)].map((text) => ({ code, text })),
  );

  test("is in both languages, which differ, with the same values in it", () => {
    expect(texts.length).toBeGreaterThan(40);
    const valuesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
    for (const { code, text } of texts) {
      expect(text.en, code).toMatch(/\w/);
      expect(text.es, code).toMatch(/\w/);
      expect(text.es, code).not.toBe(text.en);
      expect(valuesIn(text.es), code).toEqual(valuesIn(text.en));
    }
  });

  test("of a code has what it takes: a status of an error, and a main detail", () => {
    for (const code of problemCodes) {
      expect(problemOf(code).status, code).toBeGreaterThanOrEqual(400);
      expect(problemOf(code).details.main, code).toBeDefined();
    }
  });

  test("keeps what has no value: {insuredId} is one of a path", () => {
    expect(filled("{a} of {insuredId}", { a: "1" })).toBe("1 of {insuredId}");
  });
});

/** Every text that a schema can say, wherever it stands in it. */
function messagesOf(schema: unknown, seen = new Set<unknown>()): string[] {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  return Object.entries(schema).flatMap(([name, value]) =>
    name === "message" && typeof value === "string" ? [value] : messagesOf(value, seen),
  );
}

describe("every detail of a field", () => {
  test("that a body's schema can give is in Spanish", () => {
    const given = [requestBody, cancelBody, rescheduleBody].flatMap((schema) => messagesOf(schema));
    expect(new Set(given).size).toBeGreaterThanOrEqual(6);
    for (const detail of given) expect(fieldDetail(detail, "es"), detail).not.toBe(detail);
  });

  test("that comes from a body of any shape is in Spanish", () => {
    const values = [undefined, null, 1.5, -1, 2 ** 60, "x", [], {}, Number.NaN, true];
    const bodies = values.flatMap((value) => [
      value,
      { insuredId: value },
      { scheduleId: value },
      { countryISO: value, more: value },
      { reason: value },
    ]);
    const faults = [requestBody, cancelBody, rescheduleBody].flatMap((schema) =>
      bodies.flatMap((body) => {
        const parsed = parse(schema, body);
        return parsed.ok ? [] : parsed.faults;
      }),
    );
    expect(faults.length).toBeGreaterThan(100);
    for (const { detail } of faults) expect(fieldDetail(detail, "es"), detail).not.toBe(detail);
  });

  test("is another one in Spanish, and itself in English", () => {
    for (const [english, castilian] of Object.entries(spanish)) {
      expect(castilian).not.toBe(english);
      expect(fieldDetail(english, "es")).toBe(castilian);
      expect(fieldDetail(english, "en")).toBe(english);
    }
  });
});
