import { createCipheriv } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Graph, GraphFunction } from "@appointments/graph/graph";

/** What a function's `Resource` holds besides the app: what it is linked to, and nothing else of what `links` holds. */
export function linksOf(fn: GraphFunction, links: Graph["links"]): Graph["links"] {
  return Object.fromEntries(Object.entries(links).filter(([name]) => fn.links.includes(name)));
}

/**
 * Puts a function's links beside its code as SST's CLI does: JSON, encrypted with the key that the function has in
 * `SST_KEY`, in the file that `SST_KEY_FILE` names. `Resource` of the `sst` package reads them there. A function that
 * has no such key gets no file.
 *
 * The nonce is zero because SST's is: a key there encrypts nothing but one app's links.
 *
 * Source: https://github.com/anomalyco/sst/blob/dev/pkg/runtime/runtime.go
 */
export async function writeLinks(fn: GraphFunction, taskRoot: string, links: Record<string, unknown>): Promise<void> {
  const { SST_KEY: key, SST_KEY_FILE: file } = fn.environment;
  if (key === undefined || file === undefined) return;
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
  const target = path.join(taskRoot, file);
  // They hold passwords.
  await writeFile(`${target}.new`, sealed, { mode: 0o600 });
  // An environment that is just starting finds the old file or the new one, never a part.
  await rename(`${target}.new`, target);
}
