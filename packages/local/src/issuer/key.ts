import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";

/** The only kind that API Gateway's authorizer takes, with the shortest key that RFC 7518 allows. */
const algorithm = "RS256";
const modulusLength = 2048;

/** What a local issuer signs with, and what it shows of it. */
export interface SigningKey {
  algorithm: string;
  /** Its thumbprint (RFC 7638): another key has another. */
  kid: string;
  key: Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;
  /** The public half, as in a key set. */
  public: JWK;
}

/** Where the private key of a folder is, for its owner only. */
const fileOf = (dataDir: string) => join(dataDir, "issuer.json");

/** The key of a folder: made at its first start, the same after a restart, so that tokens outlive one. */
export async function signingKey(dataDir: string): Promise<SigningKey> {
  const known = await knownKey(dataDir);
  if (known) return known;
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength, extractable: true });
  const text = `${JSON.stringify(await exportJWK(privateKey))}\n`;
  await writeFile(fileOf(dataDir), text, { mode: 0o600 });
  return readKey(text);
}

/** The key of a folder that has one. */
export async function knownKey(dataDir: string): Promise<SigningKey | undefined> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => undefined);
  return text === undefined ? undefined : readKey(text);
}

async function readKey(text: string): Promise<SigningKey> {
  const jwk: JWK = JSON.parse(text);
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error("The issuer's key is no RSA key.");
  const { kty, n, e } = jwk;
  const shown = { ...(kty && { kty }), ...(n && { n }), ...(e && { e }) };
  const kid = await calculateJwkThumbprint(shown);
  return { algorithm, kid, key, public: { ...shown, kid, alg: algorithm, use: "sig" } };
}
