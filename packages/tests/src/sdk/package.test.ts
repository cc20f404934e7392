import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf } from "../integration/client.ts";
import { startTestSystem, type TestSystem } from "../integration/system.ts";
import { chromiumTimeoutMs, startChromium } from "../kit/chromium.ts";
import { root } from "../repository.ts";
import { type Consumer, findNode, installPackage } from "./consumer.ts";
import { servePage } from "./page.ts";

const sdk = join(root, "packages/sdk");
let consumer: Consumer;

beforeAll(async () => {
  consumer = await installPackage();
});
afterAll(() => consumer?.remove());

describe("the package", () => {
  test("has no dependency, and says what it needs", async () => {
    const installed = JSON.parse(await consumer.file("node_modules/@appointments/sdk/package.json"));
    expect(installed).toMatchObject({ license: "ISC", sideEffects: false, engines: { node: ">=20" } });
    expect(installed).not.toHaveProperty("dependencies");
    expect(await consumer.file("node_modules/@appointments/sdk/LICENSE")).toBe(
      await readFile(join(root, "LICENSE"), "utf8"),
    );
    const lock = JSON.parse(await consumer.file("package-lock.json"));
    expect(Object.keys(lock.packages)).toEqual(["", "node_modules/@appointments/sdk"]);
  });

  test("has the version of the document", async () => {
    const document = JSON.parse(await readFile(join(root, "docs/openapi.json"), "utf8"));
    const { version } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
    expect(version).toBe(document.info.version);
  });

  test("is put together as its readers expect it: publint finds nothing", async () => {
    const tarball = Uint8Array.from(await consumer.tarball()).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
  });

  test("compiles for a browser with no types but its own, and with strict ones", async () => {
    await consumer.write(
      "page.ts",
      `import { type Appointment, type Client, createClient } from "@appointments/sdk";
      const api: Client = createClient({ baseUrl: new URL(location.href), token: async () => "t", fetch });
      export const booked: Promise<Appointment> = api.book({ insuredId: "00042", scheduleId: 1, countryISO: "CL" });
      // @ts-expect-error no such country
      api.book({ insuredId: "00042", scheduleId: 1, countryISO: "AR" });
      // @ts-expect-error no scheduleId
      api.book({ insuredId: "00042", countryISO: "PE" });`,
    );
    const options = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--ignoreConfig"];
    const platform = ["--target", "es2022", "--lib", "es2022,dom", "--types", ""];
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    for (const resolution of [
      ["--module", "nodenext"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ]) {
      await consumer.run(process.execPath, [compiler, ...options, ...platform, ...resolution, "page.ts"]);
    }
  });
});

describe("against the local system", () => {
  let system: TestSystem;
  let slot = 20_000;

  beforeAll(async () => {
    system = await startTestSystem();
  });
  afterAll(() => system?.remove());

  const tokenOf = (kind: string): string => {
    const token = system.state.tokens[kind];
    if (token === undefined) throw new Error(`The system has no token for ${kind}`);
    return token;
  };

  /** What a patient does: 00042, whose token it is. */
  async function task() {
    const theirs = await clientOf(system).book({ insuredId: "00043", scheduleId: ++slot, countryISO: "PE" });
    return {
      url: system.url,
      token: tokenOf("patient"),
      booking: { insuredId: "00042", scheduleId: ++slot, countryISO: "PE" },
      foreign: { insuredId: theirs.insuredId, appointmentId: theirs.appointmentId },
    };
  }
  const outcome = {
    statuses: ["pending", "completed", "cancelled"],
    listed: true,
    causes: ["requested", "completed", "cancel_requested", "cancelled"],
    refusals: [
      "appointment_not_found",
      "appointment_not_found",
      "insured_not_found",
      "insured_not_found",
      "version_stale",
    ],
  };

  test.for([20, 24])("Node %d books, and reaches nobody else's appointment", async (major, { skip }) => {
    const node = await findNode(major);
    if (node === undefined) return skip(`no Node ${major} on this machine`);
    const said = await consumer.run(node, ["booking.js", JSON.stringify(await task())]);
    expect(JSON.parse(said)).toEqual(outcome);
  });

  test("the examples of its README compile and run", async () => {
    const readme = await readFile(join(sdk, "README.md"), "utf8");
    const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    expect(examples.length).toBeGreaterThan(5);
    await consumer.write("readme.ts", examples.join("\n"));
    // The version 5 of TypeScript that many consumers have; the repository has 7.
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types"), "--skipLibCheck"];
    const options = ["--strict", "--module", "nodenext", "--target", "es2022"];
    const compiler = join(sdk, "node_modules/typescript/bin/tsc");
    await consumer.run(process.execPath, [compiler, ...options, ...types, "readme.ts"]);
    const said = await consumer.run((await findNode(20)) ?? process.execPath, ["readme.js"], {
      APPOINTMENTS_URL: system.url,
      APPOINTMENTS_TOKEN: tokenOf("patient"),
    });
    expect(said).toMatch(/^pending\ncompleted \n/);
    expect(said).toMatch(/^101 $/m);
    expect(said).toMatch(/^It has changed: /m);
    expect(said).toMatch(/^true$/m);
  });

  describe("in Chromium", () => {
    let browser: Browser | undefined;
    let site: Awaited<ReturnType<typeof servePage>>;

    beforeAll(async () => {
      browser = await startChromium();
      site = await servePage(consumer.folder);
    }, chromiumTimeoutMs);
    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });

    test.for(["book", "bookInWorker"])(
      "%s: a patient books, and reaches nobody else's appointment",
      async (where, { skip }) => {
        if (browser === undefined) return skip("no Chromium on this machine");
        const page = await browser.newPage();
        await page.goto(site.url);
        await page.waitForFunction(`${where} in globalThis`.replace(where, JSON.stringify(where)));
        const found = await page.evaluate(`${where}(${JSON.stringify(await task())})`);
        expect(found).toEqual(outcome);
        await page.close();
      },
    );
  });
});
