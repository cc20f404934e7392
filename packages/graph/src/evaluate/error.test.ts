import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { trialApp } from "../fixture/trial.ts";
import { evaluate } from "./evaluate.ts";
import { ConfigError } from "./evaluation.ts";

let app: Awaited<ReturnType<typeof trialApp>>;
afterEach(() => app.remove());

async function failure(timeoutMs?: number): Promise<ConfigError> {
  const options = { root: app.root, stage: "dev", dev: false, ambient: false };
  const error = await evaluate(timeoutMs ? { ...options, timeoutMs } : options).catch((reason: unknown) => reason);
  if (error instanceof ConfigError) return error;
  throw new Error("It should have failed with a ConfigError.", { cause: error });
}

test("an error thrown by sst.config.ts is reported with its line", async () => {
  app = await trialApp(`    throw new Error("DATABASE_URL is no MySQL URL");`);
  const error = await failure();
  expect(error.message).toContain("cannot be evaluated for stage dev: DATABASE_URL is no MySQL URL");
  expect(error.where).toMatch(/^sst\.config\.ts:7:\d+$/);
});

test("an error thrown by a module of the project is reported with the line in that module", async () => {
  app = await trialApp(`    const { settings } = await import("./infra/stage.ts");\n    settings();`);
  app.write("infra/stage.ts", `export function settings() {\n  throw new Error("no such stage");\n}\n`);
  expect((await failure()).where).toMatch(/^infra\/stage\.ts:2:\d+$/);
});

test("an SST component's refusal is reported in its own words", async () => {
  app = await trialApp(`    new sst.aws.Queue("Twice");\n    new sst.aws.Queue("twice");`);
  expect((await failure()).message).toContain("Component name twice is not unique");
});

test("an error inside an output is reported as well", async () => {
  app = await trialApp(
    `    const q = new sst.aws.Queue("Queue");\n    q.url.apply(() => { throw new Error("inside"); });`,
  );
  expect((await failure()).message).toContain("cannot be evaluated for stage dev: inside");
});

test("a missing module is reported with the line that imports it", async () => {
  app = await trialApp(`    await import("./infra/missing.ts");`);
  const error = await failure();
  expect(error.message).toContain(`Could not resolve "./infra/missing.ts"`);
  expect(error.where).toMatch(/^sst\.config\.ts:7:\d+$/);
});

test("a top-level import is refused as SST refuses it", async () => {
  app = await trialApp("");
  app.write("sst.config.ts", `import fs from "node:fs";\nexport default $config({ app: () => fs, run() {} });`);
  const error = await failure();
  expect(error.message).toContain(`may not import "node:fs" at the top level`);
  expect(error.where).toMatch(/^sst\.config\.ts:1:/);
});

test("a configuration that never ends is ended", async () => {
  app = await trialApp(
    `    console.log("waiting for Godot");\n    await new Promise(() => setInterval(() => {}, 1000));`,
  );
  const error = await failure(15_000);
  expect(error.message).toContain("did not end within 15 s");
  expect(error.message).toContain("waiting for Godot");
  expect(readdirSync(join(app.root, ".sst/graph"))).toEqual([]);
});

test("a configuration whose values never arrive is distinguished from one that has finished", async () => {
  app = await trialApp(`    await new Promise(() => {});`);
  expect((await failure()).message).toContain("before all its resources were known");
});

test("an unknown lookup is refused, not guessed", async () => {
  app = await trialApp(`    const zone = await aws.route53.getZone({ name: "example.com" });`);
  expect((await failure()).message).toContain("The graph has no answer for getZone");
});

test("a stage's name is checked before anything runs", async () => {
  app = await trialApp("");
  await expect(evaluate({ root: app.root, stage: "a b", dev: false })).rejects.toThrow(`"a b" is no name for a stage`);
});

test("of all these failures nothing is left beside the platform", async () => {
  app = await trialApp("");
  const own = readdirSync(join(app.root, ".sst/platform")).filter((name) => name.includes(`.${process.pid}.`));
  expect(own).toEqual([]);
});
