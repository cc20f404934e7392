import { afterEach, describe, expect, test, vi } from "vitest";
import type { Place } from "./given.ts";
import { callbackUrls, chosenIssuer } from "./issuer.ts";

afterEach(() => vi.unstubAllEnvs());
const stub = (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
};
const here: Place = { production: false, onThisMachine: true };
const onAws: Place = { production: false, onThisMachine: false };
const production: Place = { production: true, onThisMachine: false };

describe("the issuer of a stage", () => {
  test("is a user pool of its own when nothing is given, or the word says so", () => {
    expect(chosenIssuer(onAws)).toEqual({ kind: "created" });
    stub({ TOKEN_ISSUER: "created" });
    expect(chosenIssuer(onAws)).toEqual({ kind: "created" });
  });

  test("is given by its URL and audiences, by spaces or commas", () => {
    stub({ TOKEN_ISSUER: "https://login.example.com/", TOKEN_AUDIENCES: " clinic, insurer\nportal " });
    const url = "https://login.example.com/";
    expect(chosenIssuer(onAws)).toEqual({ kind: "given", url, audiences: ["clinic", "insurer", "portal"] });
  });

  test.each([
    ["no URL", "login.example.com"],
    ["no TLS", "http://login.example.com"],
    ["a query", "https://login.example.com/?a=1"],
    ["a fragment", "https://login.example.com/#a"],
    ["a user", "https://me@login.example.com"],
    ["a password", "https://:secret@login.example.com"],
    ["a host that only its network reaches", "https://keycloak.internal"],
    ["a private address", "https://10.1.2.3"],
    ["this machine", "https://localhost:8443"],
    ["another protocol", "ftp://login.example.com"],
  ])("is refused with %s", (_, issuer) => {
    stub({ TOKEN_ISSUER: issuer, TOKEN_AUDIENCES: "a" });
    expect(() => chosenIssuer(onAws)).toThrow(/^TOKEN_ISSUER must be the https URL/);
  });

  test("may be on this machine when the system is, and only a web server", () => {
    stub({ TOKEN_ISSUER: "http://127.0.0.1:8080/realms/a", TOKEN_AUDIENCES: "a" });
    expect(chosenIssuer(here)).toMatchObject({ kind: "given", url: "http://127.0.0.1:8080/realms/a" });
    stub({ TOKEN_ISSUER: "ftp://127.0.0.1/" });
    expect(() => chosenIssuer(here)).toThrow("TOKEN_ISSUER must be");
    stub({ TOKEN_ISSUER: "http://login.example.com" });
    expect(() => chosenIssuer(here)).toThrow("TOKEN_ISSUER must be");
  });

  test("names 1 to 50 audiences when it is given, and none when it is created", () => {
    stub({ TOKEN_ISSUER: "https://login.example.com" });
    expect(() => chosenIssuer(onAws)).toThrow("TOKEN_AUDIENCES must name 1 to 50 audiences");
    const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`).join(" ");
    stub({ TOKEN_AUDIENCES: names(51) });
    expect(() => chosenIssuer(onAws)).toThrow("TOKEN_AUDIENCES must name 1 to 50 audiences");
    stub({ TOKEN_AUDIENCES: names(50) });
    expect(chosenIssuer(onAws)).toMatchObject({ kind: "given" });
    for (const issuer of ["created", ""]) {
      stub({ TOKEN_ISSUER: issuer, TOKEN_AUDIENCES: "a" });
      expect(() => chosenIssuer(onAws)).toThrow("TOKEN_AUDIENCES belongs to a given TOKEN_ISSUER");
    }
  });

  test("is chosen by word in production, from secrets", () => {
    expect(() => chosenIssuer(production)).toThrow(/^Nobody is named whose tokens the API takes/);
    stub({ SST_SECRET_TOKEN_ISSUER: "created" });
    expect(chosenIssuer(production)).toEqual({ kind: "created" });
    stub({ SST_SECRET_TOKEN_ISSUER: "https://login.example.com", SST_SECRET_TOKEN_AUDIENCES: "a" });
    expect(chosenIssuer(production)).toMatchObject({ kind: "given", audiences: ["a"] });
    stub({ TOKEN_AUDIENCES: "mine" });
    expect(() => chosenIssuer(production)).toThrow("TOKEN_AUDIENCES is set in the environment");
    stub({ TOKEN_AUDIENCES: "", TOKEN_ISSUER: "https://mine.example.com" });
    expect(() => chosenIssuer(production)).toThrow("TOKEN_ISSUER is set in the environment");
  });
});

describe("where patients' sign-ins end", () => {
  test("is on the developer's machine when nothing is given, and named in production", () => {
    expect(callbackUrls(onAws)).toEqual(["http://localhost:3000/callback"]);
    expect(() => callbackUrls(production)).toThrow(/^No app is named that patients sign in with/);
    stub({ SST_SECRET_PATIENT_CALLBACK_URLS: "https://a.example/cb https://b.example/cb" });
    expect(callbackUrls(production)).toEqual(["https://a.example/cb", "https://b.example/cb"]);
  });

  test.each(["http://app.example.com", "app.example.com", "https://app.example.com/#a", "myapp://callback"])(
    "%s is refused",
    (url) => {
      stub({ PATIENT_CALLBACK_URLS: `https://good.example ${url}` });
      expect(() => callbackUrls(onAws)).toThrow(`PATIENT_CALLBACK_URLS has "${url}"`);
    },
  );
});
