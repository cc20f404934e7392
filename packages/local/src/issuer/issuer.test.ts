import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issuerDocument, issuerPath } from "./documents.ts";
import { knownKey, type SigningKey, signingKey } from "./key.ts";
import { readyTokens, sign } from "./token.ts";

let folder: string;
let key: SigningKey;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuer-"));
  key = await signingKey(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const gateway = "http://127.0.0.1:4566";
const issuer = gateway + issuerPath;

test("the key of a folder is its owner's alone, and the same after a restart", async () => {
  expect((await stat(join(folder, "issuer.json"))).mode & 0o777).toBe(0o600);
  const token = await sign(key, issuer, { sub: "a" });
  const again = await signingKey(folder);
  expect(again.kid).toBe(key.kid);
  await jwtVerify(token, createLocalJWKSet({ keys: [again.public] }));
});

test("a folder without a key has none until it starts, and another one then", async () => {
  const other = await mkdtemp(join(tmpdir(), "issuer-"));
  try {
    expect(await knownKey(other)).toBeUndefined();
    expect((await signingKey(other)).kid).not.toBe(key.kid);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test("its documents lead from the issuer to the public key, and hold nothing of the private one", () => {
  const configuration = issuerDocument(`${issuerPath}/.well-known/openid-configuration`, gateway, [key.public]);
  expect(configuration).toMatchObject({ issuer, jwks_uri: `${issuer}/keys` });
  const { keys } = issuerDocument(`${issuerPath}/keys`, gateway, [key.public]) as { keys: object[] };
  expect(keys.map((each) => Object.keys(each).sort())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  expect(issuerDocument(`${issuerPath}/other`, gateway, [key.public])).toBeUndefined();
});

test("a token is good for a day, for whoever checks it with the published key", async () => {
  const token = await sign(key, issuer, { sub: "a", scope: "x" });
  expect(decodeProtectedHeader(token)).toEqual({ alg: "RS256", kid: key.kid });
  const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [key.public] }), { issuer });
  expect(payload).toMatchObject({ sub: "a", scope: "x", iss: issuer, jti: expect.any(String) });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(24 * 60 * 60);
  const tampered = token.replace(/\.[^.]+\./, (part) => part.replace("c", "d"));
  const checked = jwtVerify(tampered, createLocalJWKSet({ keys: [key.public] }));
  await expect(checked).rejects.toBeInstanceOf(errors.JOSEError);
});

test("each kind of token is ready, as it is without arguments, for the clients of the app", async () => {
  const kinds = {
    shop: {
      usage: "",
      help: "",
      claims: (args: string[], { Web: client }: Record<string, string>) => ({ args, client }),
    },
  };
  const { shop = "" } = await readyTokens(key, issuer, kinds, { Web: "web-1" });
  const { payload } = await jwtVerify(shop, createLocalJWKSet({ keys: [key.public] }));
  expect(payload).toMatchObject({ args: [], client: "web-1", iss: issuer });
});
