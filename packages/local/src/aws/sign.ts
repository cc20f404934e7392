import { createHash, createHmac } from "node:crypto";

/** An endpoint and the credentials to sign with. */
export interface Endpoint {
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/**
 * Headers that sign a POST as the owner of an endpoint's credentials: what stands behind the gateway knows one caller
 * only, whoever called the gateway.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param headers to be signed along, names in lower case; all of them must be sent as they are
 */
export function signed(
  request: { service: string; region: string; headers: Record<string, string>; body: Buffer | string },
  { url, credentials }: Endpoint,
  now = new Date(),
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const { host, pathname } = new URL(url);
  const headers: Record<string, string> = { ...request.headers, host, "x-amz-date": time };
  const names = Object.keys(headers).sort();
  const canonical = [
    "POST",
    pathname,
    "",
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/\s+/g, " ")}`),
    "",
    names.join(";"),
    sha256(request.body),
  ].join("\n");
  const scope = `${day}/${request.region}/${request.service}/aws4_request`;
  const key = [day, request.region, request.service, "aws4_request"].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function sha256(value: Buffer | string): string {
  return createHash("sha256").update(value).digest("hex");
}

function hmac(key: Buffer | string, value: string): Buffer {
  return createHmac("sha256", key).update(value).digest();
}
