import { rootCertificates } from "node:tls";
import { createPool, type SslOptions } from "mysql2";
import * as v from "valibot";
import type { SslMode } from "./url.ts";

/** Where a pool of mysql2 keeps the profile that it was made with; a test holds it to this. */
const poolWithProfile = v.object({
  config: v.object({ connectionConfig: v.object({ ssl: v.object({ ca: v.array(v.string()) }) }) }),
});

/**
 * The certificates of Amazon RDS, which are not among Node's roots.
 *
 * mysql2 carries them in its "Amazon RDS" profile and exports them nowhere. (A pool connects when it is first used.)
 */
export const amazonRdsRoots = (): string[] =>
  v.parse(poolWithProfile, createPool({ ssl: "Amazon RDS" })).config.connectionConfig.ssl.ca;

/** mysql2's `ssl` option for a mode. RDS signs with roots of its own, RDS Proxy with one of the public ones. */
export function sslOptions(mode: SslMode): SslOptions | undefined {
  if (mode === "DISABLED") return undefined;
  if (mode === "REQUIRED") return { rejectUnauthorized: false };
  return { ca: [...rootCertificates, ...amazonRdsRoots()], rejectUnauthorized: true, verifyIdentity: true };
}
