import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { close, listen } from "../kit/emulator.ts";

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** An issuer of tokens on a free port of this machine: an OpenID provider as far as API Gateway looks at one. */
export async function startIssuer() {
  const kid = "key-1";
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let asked = 0;
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/.well-known/openid-configuration") {
      response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    } else {
      asked++;
      response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig" }] }));
    }
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    url,
    /** A signed token. `claims` and `header` go over the good ones; undefined takes one away. */
    token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: url, aud: "clinic", sub: "user-1", iat: now, exp: now + 600 };
      const signed = `${part({ alg: "RS256", typ: "JWT", kid, ...header })}.${part({ ...good, ...claims })}`;
      return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
    },
    /** How often its keys were asked for. */
    asked: () => asked,
    stop: () => close(server),
  };
}
