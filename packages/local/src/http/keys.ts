import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

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
