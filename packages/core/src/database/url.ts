import { rootCertificates } from "node:tls";
import { createPool, type SslOptions } from "mysql2";
import * as v from "valibot";
import { AppError } from "../error.ts";

/** How a connection is protected, as in MySQL's connection URIs. */
export type SslMode = "DISABLED" | "REQUIRED" | "VERIFY_IDENTITY";

export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  sslMode: SslMode;
}

const sslModes = ["DISABLED", "REQUIRED", "VERIFY_IDENTITY"] as const;
const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Parses `mysql://user:password@host:port/database?ssl-mode=…`; user and password are percent-encoded.
 *
 * Without `ssl-mode`: no TLS to this machine, else `VERIFY_IDENTITY`. Throws `configuration_invalid`, which never
 * shows the URL, because a password is in it.
 *
 * Source: https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw invalid("it is no URL");
  if (url.protocol !== "mysql:") throw invalid("it must begin with mysql://");
  const database = decode(url.pathname.slice(1));
  if (!url.hostname) throw invalid("the host is missing");
  if (!url.username) throw invalid("the user is missing");
  if (!database || database.includes("/")) throw invalid("the path must be the name of one database");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port: url.port === "" ? 3306 : Number(url.port),
    user: decode(url.username),
    password: decode(url.password),
    database,
    sslMode: sslModeOf(url.searchParams) ?? (loopback.test(host) ? "DISABLED" : "VERIFY_IDENTITY"),
  };
}

function sslModeOf(parameters: URLSearchParams): SslMode | undefined {
  for (const name of parameters.keys()) {
    if (name !== "ssl-mode") throw invalid("its only parameter can be ssl-mode");
  }
  const mode = parameters.get("ssl-mode")?.toUpperCase();
  if (mode === undefined) return undefined;
  const known = sslModes.find((each) => each === mode);
  if (!known) throw invalid(`ssl-mode must be one of ${sslModes.join(", ")}`);
  return known;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("user, password and database must be percent-encoded");
  }
}

const invalid = (why: string): AppError =>
  new AppError(
    "configuration_invalid",
    `The database URL is not usable: ${why}; write mysql://user:password@host:3306/database`,
  );

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
