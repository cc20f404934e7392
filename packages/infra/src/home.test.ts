import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type Home, homeOf, providersOf } from "./home.ts";

const home: Home = { account: "210987654321", region: "sa-east-1", zones: ["sa-east-1a", "sa-east-1c"] };

describe("the home of a stage", () => {
  test("pins region and account of the provider", () => {
    expect(providersOf(homeOf("production", true, { production: home }))).toEqual({
      aws: { region: "sa-east-1", allowedAccountIds: ["210987654321"] },
      random: expect.any(String),
    });
  });

  test("is not needed by a stage that is not protected", () => {
    expect(homeOf("someone", false, {})).toBeUndefined();
    expect(providersOf(undefined)).not.toHaveProperty("aws");
  });

  test("the provider of random secrets is the one that SST's own components use", async () => {
    const file = new URL("../../../.sst/platform/package.json", import.meta.url);
    const { dependencies } = JSON.parse(await readFile(file, "utf8"));
    expect(providersOf(undefined).random).toBe(dependencies["@pulumi/random"]);
  });

  test.each<[string, Partial<Home> | undefined]>([
    ["is missing", undefined],
    ["has no account", { account: "" }],
    ["has an account of eleven digits", { account: "12345678901" }],
    ["has no region", { region: "" }],
    ["has a zone for a region", { region: "sa-east-1a" }],
    ["has zones of another region", { zones: ["us-east-1a", "us-east-1b"] }],
    ["has the same zone twice", { zones: ["sa-east-1a", "sa-east-1a"] }],
  ])("that %s is refused, with the file to change", (_, wrong) => {
    const known: Record<string, Home> = wrong ? { prod: { ...home, ...wrong } } : {};
    expect(() => homeOf("prod", true, known)).toThrow(/^Stage prod needs an account .* packages\/infra\/src\/home.ts/);
  });
});
