import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { configEnvironment } from "./evaluate.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "environment-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function environment(stage = "dev", options: { ambient?: boolean; env?: Record<string, string | undefined> } = {}) {
  return configEnvironment(root, stage, { ambient: true, env: {}, ...options });
}

test("the shell wins over .env, .env.<stage> over the shell, and what is asked for over all", () => {
  writeFileSync(join(root, ".env"), "A=file\nB=file\nC=file\nD=file\n");
  writeFileSync(join(root, ".env.dev"), "C=stage\nD=stage\n");
  for (const name of ["B", "C", "D"]) vi.stubEnv(name, "shell");
  expect(environment("dev", { env: { D: "asked" } })).toMatchObject({ A: "file", B: "shell", C: "stage", D: "asked" });
  expect(environment("other")).toMatchObject({ C: "shell" });
});

test("of the shell only what the project knows counts", () => {
  writeFileSync(join(root, ".env.example"), "# Where tokens come from\n# JWT_ISSUER=https://example.com\n");
  vi.stubEnv("JWT_ISSUER", "https://issuer.example");
  vi.stubEnv("SST_SECRET_TOKEN", "given");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("EDITOR", "vi");
  const found = environment();
  expect(found).toMatchObject({ JWT_ISSUER: "https://issuer.example", SST_SECRET_TOKEN: "given" });
  expect(found).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  expect(found).not.toHaveProperty("EDITOR");
});

test("undefined removes a variable", () => {
  writeFileSync(join(root, ".env"), "A=file\n");
  expect(environment("dev", { env: { A: undefined } })).not.toHaveProperty("A");
});

test("without ambient, neither files nor the shell count", () => {
  writeFileSync(join(root, ".env"), "A=file\n");
  vi.stubEnv("SST_SECRET_TOKEN", "given");
  expect(environment("dev", { ambient: false, env: { B: "asked" } })).toEqual({ TZ: "UTC", B: "asked" });
});
