import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readSettings } from "./settings.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "settings-"));
  vi.stubEnv("PORT", undefined);
  vi.stubEnv("GATEWAY_PORT", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

const ports = (...args: string[]) => {
  const { port, gatewayPort } = readSettings(["--root", root, ...args]);
  return [port, gatewayPort];
};

test("ports: the option comes before the shell, the shell before .env", async () => {
  expect(ports()).toEqual([3000, 4566]);
  await writeFile(join(root, ".env"), "PORT=3001\nGATEWAY_PORT=4001\n");
  expect(ports()).toEqual([3001, 4001]);
  vi.stubEnv("PORT", "3002");
  expect(ports()).toEqual([3002, 4001]);
  expect(ports("--port", "3003")).toEqual([3003, 4001]);
});

test("a port of .env that is none is refused by the option's name", async () => {
  await writeFile(join(root, ".env"), "PORT=http\n");
  expect(() => ports()).toThrow('--port takes a port from 0 to 65535, not "http"');
});
