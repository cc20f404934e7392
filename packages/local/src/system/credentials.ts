import { createHmac, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CredentialsOf } from "../gateway/caller.ts";

/**
 * The credentials that belong to a folder, made of a secret that is random and kept there: as AWS gives each role keys of
 * its own, so that the gateway knows who calls, and no clone of the repository knows another's.
 */
export async function readCredentials(dataDir: string): Promise<CredentialsOf> {
  const file = join(dataDir, "secret");
  await writeFile(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  const secret = await readFile(file, "utf8");
  const made = (what: string) => createHmac("sha256", secret).update(what).digest("hex");
  return (name) => ({
    accessKeyId: `LOCAL${made(`key ${name}`).slice(0, 15).toUpperCase()}`,
    secretAccessKey: made(`secret ${name}`).slice(0, 40),
  });
}
