import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";

/** Whoever gives out tokens: an OpenID provider as far as API Gateway looks at one. */
export interface Issuer {
  url: string;
  /** A signed token. `claims` and `header` go over the good ones; undefined takes one away. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): string;
  /** How often its keys were asked for. */
  asked(): number;
  stop(): Promise<void>;
}

/** An issuer on a free port of this machine. */
export async function startIssuer(): Promise<Issuer> {
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
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return {
    url,
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: url, aud: "clinic", sub: "user-1", iat: now, exp: now + 600 };
      return sign(privateKey, { alg: "RS256", typ: "JWT", kid, ...header }, { ...good, ...claims });
    },
    asked: () => asked,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function sign(key: KeyObject, header: object, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}
