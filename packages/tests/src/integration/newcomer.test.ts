import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../repository.ts";

/* What somebody reads who types another command than `npm start` first: as much of a fresh clone as npm looks at. */
let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "appointments-clone-"));
  for (const name of ["package.json", ".npmrc"]) await cp(join(root, name), join(clone, name));
});
afterAll(() => rm(clone, { recursive: true, force: true }));

/** npm without a network: what it refuses, it refuses before it needs one. */
function npm(...args: string[]): Promise<{ status: number; said: string }> {
  const environment = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = { ...Object.fromEntries(environment), npm_config_offline: "true", npm_config_update_notifier: "false", NO_COLOR: "1" };
  return new Promise((done) => {
    execFile("npm", args, { cwd: clone, env }, (error, out, err) =>
      done({ status: Number(error?.code ?? 0), said: `${out}${err}` }),
    );
  });
}

test.concurrent.each([
  [["install"], "npm install is not needed here: npm start and npm test install what is missing"],
  [["run", "logs"], "Nothing is installed yet: run npm start first."],
  [["run", "ops", "--", "queues"], "Nothing is installed yet: run npm start first."],
])("npm %j in a fresh clone says what to type instead, and leaves nothing behind", async (args, sentence) => {
  const { status, said } = await npm(...args);
  expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(sentence) });
  expect(said).not.toMatch(/^\s+at /m);
  expect((await readdir(clone)).sort()).toEqual([".npmrc", "package.json"]);
});
