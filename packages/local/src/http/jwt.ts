import type { IncomingHttpHeaders } from "node:http";
import type { GraphAuthorizer } from "@appointments/graph/graph";
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
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

/** API Gateway takes no others. */
const algorithms = ["RS256", "RS384", "RS512"];

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
  const checked = await check(token, authorizer, findKey, now);
  if (typeof checked === "string") {
    const details = `scope="" error="invalid_token" error_description="${checked}"`;
    return refuse(401, "Unauthorized", `Bearer ${details}`);
  }
  const wanted = authorizer.scopes;
  if (wanted.length > 0 && !wanted.some((scope) => scopesOf(checked).includes(scope))) {
    return refuse(403, "Forbidden", `Bearer scope="${wanted.join(" ")}" error="insufficient_scope"`);
  }
  return contextOf(checked, wanted.length > 0);
}

/** What a function is told of a token with these claims. @param scoped whether its route asks for scopes */
export function contextOf(claims: JWTPayload, scoped = true): JwtContext {
  return { jwt: { claims: toText(claims), scopes: scoped ? scopesOf(claims) : null } };
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
  now: Date,
): Promise<JWTPayload | string> {
  try {
    if (decodeJwt(token).iss !== issuer) return "the token does not have a valid issuer";
    const options = { algorithms, requiredClaims: ["exp"], currentDate: now };
    const { payload } = await jwtVerify(token, findKey(issuer), options);
    // `client_id` counts only when there is no `aud`.
    const audience = [payload.aud ?? payload.client_id].flat();
    if (!audience.some((one) => audiences.includes(String(one)))) return "the token does not have a valid audience";
    const { iat = 0 } = payload;
    return typeof iat === "number" && iat * 1000 <= now.getTime() ? payload : notYet;
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed) return error.claim === "exp" ? expired : notYet;
    const code = error instanceof errors.JOSEError ? error.code : "";
    return faults[code] ?? "the token is signed with an unknown key";
  }
}

const expired = "the token has expired";
const notYet = "the token is not valid yet";
/** What is wrong, by the code of jose's error; any other means that there is no key. */
const faults: Record<string, string> = {
  ERR_JWT_INVALID: "the token is malformed",
  ERR_JWS_INVALID: "the token is malformed",
  ERR_JWT_EXPIRED: expired,
  ERR_JOSE_ALG_NOT_ALLOWED: "the token has an unsupported signing algorithm",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the token does not have a valid signature",
};

/** `scp` or `scope`, a list or separated by spaces. */
function scopesOf({ scp, scope }: JWTPayload): string[] {
  const value = scp ?? scope ?? [];
  return Array.isArray(value) ? value.map(String) : String(value).split(" ").filter(Boolean);
}

/**
 * Claims as a function sees them: all text, lists as `[a b]`, objects as JSON, without those that are null. Measured on
 * AWS on 2026-08-05: https://github.com/floci-io/floci/pull/2011
 */
function toText(claims: JWTPayload): Record<string, string> {
  const entries = Object.entries(claims).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Finds the key that signed a token; rejects when the issuer cannot be reached or has no such key. */
export type FindKey = (issuer: string) => JWTVerifyGetKey;

/**
 * The public keys of issuers, read from the `jwks_uri` in their OpenID configuration and kept for two hours, the most
 * that API Gateway does. A token with an unknown key makes the issuer be asked again, at most every five seconds.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function issuerKeys(): FindKey {
  const known = new Map<string, Promise<JWTVerifyGetKey>>();
  return (issuer) => async (header, token) => {
    if (header.kid === undefined) throw new errors.JWKSNoMatchingKey();
    const keys = known.get(issuer) ?? keysOf(issuer);
    known.set(issuer, keys);
    // What failed is tried again by the next token.
    keys.catch(() => known.delete(issuer));
    return (await keys)(header, token);
  };
}

const timeoutMs = 5_000;

async function keysOf(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const { jwks_uri } = (await response.json()) as { jwks_uri: string };
  const options = { cacheMaxAge: 2 * 60 * 60 * 1000, cooldownDuration: 5_000, timeoutDuration: timeoutMs };
  return createRemoteJWKSet(new URL(jwks_uri), options);
}
