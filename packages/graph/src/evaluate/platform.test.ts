import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repository } from "../fixture/trial.ts";
import { preparePlatform } from "./platform.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "platform-"));
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  writeFileSync(
    join(root, "sst.config.ts"),
    `export default $config({ app: () => ({ name: "trial", home: "aws" }), run() {} });`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const minutes = 60_000;

describe("the platform", () => {
  test("is made once for callers that come at the same time, and then only looked at", {
    timeout: 3 * minutes,
  }, async () => {
    const messages: string[] = [];
    const say = (message: string) => messages.push(message);
    const [one, two] = await Promise.all([preparePlatform(root, say), preparePlatform(root, say)]);
    expect(one).toBe(join(root, ".sst/platform"));
    expect(two).toBe(one);
    expect(messages).toHaveLength(1);
    for (const path of ["config.d.ts", "src/components/index.ts", "node_modules/@pulumi/pulumi/package.json"]) {
      expect(existsSync(join(one, path)), path).toBe(true);
    }
    expect(readdirSync(join(root, ".sst")).sort()).toEqual(["platform", "provider-lock.json"]);

    await preparePlatform(root, say);
    expect(messages).toHaveLength(1);
  });

  test("of another version, or incomplete, is made anew", { timeout: 3 * minutes }, async () => {
    mkdirSync(join(root, ".sst/platform"), { recursive: true });
    writeFileSync(join(root, ".sst/platform/version"), "4.0.0");
    writeFileSync(join(root, ".sst/platform/old"), "");
    await preparePlatform(root);
    expect(readFileSync(join(root, ".sst/platform/version"), "utf8")).not.toBe("4.0.0");
    expect(existsSync(join(root, ".sst/platform/old"))).toBe(false);

    const part = join(root, ".sst/platform/node_modules/archiver");
    rmSync(part, { recursive: true });
    await preparePlatform(root);
    expect(existsSync(part)).toBe(true);
  });
});

test("when SST cannot prepare it, its own words are in the error and nothing is left behind", async () => {
  writeFileSync(
    join(root, "sst.config.ts"),
    `export default $config({ app: () => ({ name: "1 bad name", home: "aws" }), run() {} });`,
  );
  await expect(preparePlatform(root)).rejects.toThrow(/`sst install` failed[\s\S]*name/);
  expect(readdirSync(join(root, ".sst"))).toEqual([]);
});

test("without the package sst it says what to do", async () => {
  rmSync(join(root, "node_modules"));
  await expect(preparePlatform(root)).rejects.toThrow("The package sst is not installed");
});
