import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { TokenKind } from "../config.ts";
import type { SigningKey } from "./key.ts";

/** How long a token of the local issuer is good. A start makes new ones. */
const lifetime = "24h";

/**
 * A signed token.
 *
 * @param claims go over those that every token has: `iss`, `iat`, `exp` and `jti`
 */
export function sign(
  { key, kid, algorithm }: SigningKey,
  issuer: string,
  claims: Record<string, unknown>,
): Promise<string> {
  return new SignJWT({ jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: algorithm, kid })
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(key);
}

/** A token of each kind, as it is without arguments. */
export async function readyTokens(
  key: SigningKey,
  issuer: string,
  kinds: Record<string, TokenKind>,
  clients: Record<string, string>,
): Promise<Record<string, string>> {
  const made = Object.entries(kinds).map(async ([kind, { claims }]) => {
    return [kind, await sign(key, issuer, claims([], clients))] as const;
  });
  return Object.fromEntries(await Promise.all(made));
}
