import { createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { GraphAuthorizer } from "@appointments/graph/graph";
import { gatewayResponse, type HttpResponse } from "./response.ts";

export type JwtAuthorizer = Extract<GraphAuthorizer, { type: "JWT" }>;

/** `requestContext.authorizer` of a request with a good token. */
export interface JwtContext {
  jwt: {
    claims: Record<string, string>;
    /** The token's scopes; null for a route that asks for none. */
    scopes: string[] | null;
  };
}

type Claims = Record<string, unknown>;

/** RSA algorithms by their name in a token's header; API Gateway takes no others. */
const algorithms: Record<string, string> = { RS256: "RSA-SHA256", RS384: "RSA-SHA384", RS512: "RSA-SHA512" };

/**
 * Checks a request as API Gateway's JWT authorizer does. Returns the token's claims for the function, or the gateway's
 * own answer: 401 without a good token, 403 when the token has none of the route's scopes.
 *
 * Statuses, bodies and the one `error_description` about the audience are AWS's. What the others say on AWS is
 * documented nowhere; they say the same in the same tone.
 *
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
 */
export async function authorize(
  authorizer: JwtAuthorizer,
  request: { headers: IncomingHttpHeaders; query: string },
  findKey: FindKey,
  now: Date,
): Promise<JwtContext | HttpResponse> {
  const token = tokenOf(authorizer.identitySource, request);
  if (token === undefined) return refuse(401, "Unauthorized", "Bearer");
  const checked = await check(token, authorizer, findKey, now.getTime() / 1000);
  if (typeof checked === "string") {
    const details = `scope="" error="invalid_token" error_description="${checked}"`;
    return refuse(401, "Unauthorized", `Bearer ${details}`);
  }
  const scopes = scopesOf(checked);
  const wanted = authorizer.scopes;
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
    return refuse(403, "Forbidden", `Bearer scope="${wanted.join(" ")}" error="insufficient_scope"`);
  }
  return { jwt: { claims: toText(checked), scopes: wanted.length > 0 ? scopes : null } };
}

function refuse(status: number, message: string, challenge: string): HttpResponse {
  const response = gatewayResponse(status, message);
  return { ...response, headers: { ...response.headers, "www-authenticate": challenge } };
}

function tokenOf(source: string, { headers, query }: { headers: IncomingHttpHeaders; query: string }) {
  const [, place, name = ""] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  const value = place === "header" ? headers[name.toLowerCase()] : new URLSearchParams(query).get(name);
  if (typeof value !== "string" || value === "") return undefined;
  return value.replace(/^Bearer +/i, "");
}

/** The claims of a good token, or what is wrong with it. */
async function check(
  token: string,
  { issuer, audiences }: JwtAuthorizer,
  findKey: FindKey,
  now: number,
): Promise<Claims | string> {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  const { alg, kid } = decoded(header) ?? {};
  const claims = decoded(payload);
  if (claims === undefined || signature === "" || rest.length > 0) return "the token is malformed";
  const algorithm = algorithms[String(alg)];
  if (algorithm === undefined) return "the token has an unsupported signing algorithm";
  if (claims.iss !== issuer) return "the token does not have a valid issuer";
  const key = await findKey(issuer, String(kid)).catch(() => undefined);
  if (key === undefined) return "the token is signed with an unknown key";
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify(algorithm, signed, key, Buffer.from(signature, "base64url"))) {
    return "the token does not have a valid signature";
  }
  // `client_id` counts only when there is no `aud`.
  const audience = [claims.aud ?? claims.client_id].flat();
  if (!audience.some((one) => audiences.includes(String(one)))) return "the token does not have a valid audience";
  if (typeof claims.exp !== "number" || claims.exp <= now) return "the token has expired";
  for (const name of ["nbf", "iat"]) {
    const from = claims[name];
    if (from !== undefined && !(typeof from === "number" && from <= now)) return "the token is not valid yet";
  }
  return claims;
}

function decoded(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/** `scp` or `scope`, a list or separated by spaces. */
function scopesOf({ scp, scope }: Claims): string[] {
  const value = scp ?? scope ?? [];
  return Array.isArray(value) ? value.map(String) : String(value).split(" ").filter(Boolean);
}

/**
 * Claims as a function sees them: all text, lists as `[a b]`, objects as JSON, without those that are null. Measured on
 * AWS on 2026-08-05: https://github.com/floci-io/floci/pull/2011
 */
function toText(claims: Claims): Record<string, string> {
  const entries = Object.entries(claims).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Milliseconds that an issuer's keys are kept: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html says up to two hours. */
const keptMs = 2 * 60 * 60 * 1000;
/** A token with an unknown key makes the issuer be asked again, but no more often than this. */
const againAfterMs = 5_000;
const timeoutMs = 5_000;

interface Keys {
  fetchedAt: number;
  byId: Map<string, KeyObject>;
}

/** Finds the key that signed a token, by its `kid`; undefined when the issuer has no such key. */
export type FindKey = (issuer: string, kid: string) => Promise<KeyObject | undefined>;

/**
 * The public keys of issuers, read from the `jwks_uri` in their OpenID configuration and kept for a while.
 *
 * The function it returns rejects when an issuer cannot be reached or does not answer with keys.
 */
export function issuerKeys(now: () => number = Date.now): FindKey {
  const known = new Map<string, Promise<Keys>>();

  const load = (issuer: string) => {
    const loading = fetchKeys(issuer, now());
    known.set(issuer, loading);
    // What failed is tried again by the next token.
    loading.catch(() => known.delete(issuer));
    return loading;
  };

  return async (issuer, kid) => {
    const keys = await (known.get(issuer) ?? load(issuer));
    const age = now() - keys.fetchedAt;
    const found = keys.byId.get(kid);
    if (age < (found === undefined ? againAfterMs : keptMs)) return found;
    return (await load(issuer)).byId.get(kid);
  };
}

async function fetchKeys(issuer: string, fetchedAt: number): Promise<Keys> {
  const configuration = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const { keys } = await fetchJson(String(configuration.jwks_uri));
  if (!Array.isArray(keys)) throw new Error(`${issuer} has no key set.`);
  const byId = new Map<string, KeyObject>();
  for (const key of keys as (JsonWebKey & { kid?: unknown })[]) {
    // Only RSA keys count for API Gateway.
    if (key.kty === "RSA") byId.set(String(key.kid), createPublicKey({ key, format: "jwk" }));
  }
  return { fetchedAt, byId };
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.json()) as Record<string, unknown>;
}
