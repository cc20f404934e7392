import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "appointments-ops-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ran(line: string, env: Record<string, string> = {}) {
  const out: string[] = [];
  const note: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (text: string) => note.push(text) };
  const code = await run([...line.split(" "), "--data", folder], terminal, env);
  return { code, out: out.join("\n"), note: note.join("\n") };
}

test.each([
  ["", "There is no command"],
  ["quues", "no command quues"],
  ["dlq", "list, show, redrive or drop"],
  ["dlq list SQS_PE --rate 1", "takes no --rate"],
  ["dlq redrive SQS_PE --rate 0/s", "--rate takes messages a second"],
  ["dlq redrive SQS_PE --max 0", "--max takes a whole number"],
  ["dlq drop SQS_PE", "--file"],
  ["dlq resend", "--file"],
  ["dlq resend SQS_PE --file dropped.jsonl", "Too many words"],
  ["queues --nothing", "--nothing"],
  ["queues now", "Too many words"],
  ["appointment 42", "UUIDv7"],
  ["reconcile --country AR", "PE or CL"],
  ["replay", "--since TIME"],
  ["replay --since yesterday", "--since takes a time"],
  ["replay --since 2026-11-24T06:00:00", "with its zone"],
  ["replay --since 2026-11-24 --until 2026-11-23", "before --until"],
])("ops %s is refused, with the reason", async (line, said) => {
  const { code, note } = await ran(line);
  expect({ code, note }).toEqual({ code: 2, note: expect.stringContaining(said) });
});

test("--help lists every command; after a command it explains that one only", async () => {
  const commands = ["queues ", "dlq list", "dlq redrive", "appointment ID", "reconcile ", "replay --since"];
  const named = (text: string) => commands.filter((command) => text.includes(`\n  ${command}`));
  for (const [line, expected] of [
    ["--help", commands],
    ["reconcile --help", ["reconcile "]],
    ["dlq redrive SQS_PE --help", ["dlq redrive"]],
    ["dlq --help", ["dlq list", "dlq redrive"]],
  ] as const) {
    const { code, out } = await ran(line);
    expect({ code, named: named(out) }, line).toEqual({ code: 0, named: expected });
  }
  expect((await ran("reconcile --help")).out).toContain("--grace SECONDS");
});

test("without a running system and outside an SST shell it says how to get either", async () => {
  const { code, note } = await ran("queues");
  expect(code).toBe(1);
  expect(note).toContain("npm start");
  expect(note).toContain("sst shell --stage NAME");
});
