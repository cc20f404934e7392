import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { root } from "../repository.ts";

it("docs/fidelity.md says what the rows and the kept results say", async () => {
  const script = fileURLToPath(new URL("docs.ts", import.meta.url));
  const checked = promisify(execFile)(process.execPath, [script, "--check"], {
    cwd: root,
    env: { PATH: process.env.PATH },
  });
  await expect(checked).resolves.toMatchObject({ stderr: "" });
}, 60_000);
