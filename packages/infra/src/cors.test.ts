import { afterEach, expect, test, vi } from "vitest";
import { corsOf } from "./cors.ts";
import type { Place } from "./given.ts";

afterEach(() => vi.unstubAllEnvs());
const onAws: Place = { production: false, onThisMachine: false };
const production: Place = { production: true, onThisMachine: false };
const originsOf = (place: Place) => (corsOf(place) as { allowOrigins: string[] }).allowOrigins;

test("every web page may call a stage that is not production and says nothing; none may with its token in a cookie", () => {
  const cors = corsOf(onAws);
  expect(cors).toMatchObject({ allowOrigins: ["*"], allowHeaders: expect.arrayContaining(["authorization"]) });
  expect(cors).not.toHaveProperty("allowCredentials");
});

test("the pages that are named may", () => {
  vi.stubEnv("CORS_ORIGINS", "https://a.example, http://localhost:5173");
  expect(originsOf(onAws)).toEqual(["https://a.example", "http://localhost:5173"]);
  vi.stubEnv("CORS_ORIGINS", "none");
  expect(corsOf(onAws)).toBe(false);
});

test("production names them, in a secret", () => {
  expect(() => corsOf(production)).toThrow(/^No web page is named that may call the API/);
  vi.stubEnv("SST_SECRET_CORS_ORIGINS", "https://a.example");
  expect(originsOf(production)).toEqual(["https://a.example"]);
  vi.stubEnv("CORS_ORIGINS", "https://b.example");
  expect(() => corsOf(production)).toThrow("CORS_ORIGINS is set in the environment");
});

test.each([
  "*",
  "https://*.example.com",
  "https://a.example/",
  "https://A.example",
  "a.example",
  "https://a.example:443",
])("%s is no origin", (origin) => {
  vi.stubEnv("CORS_ORIGINS", origin);
  expect(() => corsOf(onAws)).toThrow(`CORS_ORIGINS has "${origin}", which no browser sends`);
});

test("production talks to no page that came without TLS", () => {
  vi.stubEnv("SST_SECRET_CORS_ORIGINS", "http://a.example");
  expect(() => corsOf(production)).toThrow(`CORS_ORIGINS has "http://a.example"`);
});
