import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLog } from "./system/log.ts";

const id = "01a20bae-ed3d-759d-8035-0cf391eea023";
let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "logs-"));
  config = join(folder, "config.ts");
  await writeFile(config, `export default { logOptions: { order: { field: "orderId", help: "of this order" } } };`);
  const { log, close } = openLog(join(folder, "log.jsonl"), () => {}, 1);
  log({ level: "info", source: "api", message: "order.requested", orderId: id });
  await close();
  const next = openLog(join(folder, "log.jsonl"), () => {}, 1);
  next.log({ level: "info", source: "consumer", message: "order.packed", orderId: id });
  for (let line = 0; line < 5_000; line++) next.log({ level: "info", source: "consumer", message: `line ${line}` });
  await next.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const command = (...args: string[]) => [join(import.meta.dirname, "logs.ts"), "--config", config, ...args];

function logs(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, command("--data", folder, ...args), { maxBuffer: 1 << 24 }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

test("one order's lines are found by the whole id and by its end, also in the older half", async () => {
  for (const given of [id, "91eea023"]) {
    const { code, out } = await logs("--order", given);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toEqual([
      expect.stringMatching(/api +order\.requested orderId=…91eea023$/),
      expect.stringMatching(/consumer +order\.packed orderId=…91eea023$/),
    ]);
  }
});

test.each([
  [["--source", "nobody"], "Nothing was logged of source nobody. Sources: api, consumer."],
  [["--order", "ffffffff"], "Nothing was logged of order ffffffff"],
])("%s: nothing is found, and it says so", async (args, says) => {
  expect(await logs(...args)).toEqual({ code: 1, out: "", err: expect.stringContaining(says) });
});

test("where nothing ran yet it is one sentence", async () => {
  const { code, out, err } = await logs("--data", join(folder, "empty"));
  expect({ code, out, lines: err.trim().split("\n") }).toEqual({
    code: 1,
    out: "",
    lines: [expect.stringContaining("Run npm start first")],
  });
});

test("a reader that has enough ends it in peace", async () => {
  const child = spawn(process.execPath, command("--data", folder), { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(errors).toBe("");
});
