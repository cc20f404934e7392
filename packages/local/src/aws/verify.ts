import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Whether a call was signed with a secret: Signature Version 4 in the Authorization header, over the body, the host and
 * every `x-amz-` header. Its time is not looked at: a function's clock may be wrong.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function isSigned(
  { method = "", url = "", headers: received }: Pick<IncomingMessage, "method" | "url" | "headers">,
  body: Buffer,
  secretAccessKey: string,
): Promise<boolean> {
  const [, accessKeyId = "", day = "", region = "", service = "", names = "", signature = ""] =
    form.exec(received.authorization ?? "") ?? [];
  const { "x-amz-date": time, "x-amz-content-sha256": bodyHash = sha256(body) } = received;
  const signingDate = dateOf(String(time));
  if (signature === "" || signingDate === undefined || !String(time).startsWith(day)) return false;
  if (bodyHash !== sha256(body)) return false;
  const signed = names.split(";");
  const needed = Object.keys(received).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (!needed.every((name) => signed.includes(name))) return false;

  const [path = "/", query = ""] = url.split("?");
  const again = await new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    ...{ region, service, sha256: Hash.bind(null, "sha256"), applyChecksum: false },
  }).sign(
    {
      ...{ method, protocol: "http:", hostname: "", path, body },
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: Object.fromEntries(signed.map((name) => [name, String(received[name] ?? "")])),
    },
    { signingDate, signableHeaders: new Set(signed) },
  );
  const [, , , , , , right = ""] = form.exec(again.headers.authorization ?? "") ?? [];
  return right !== "" && timingSafeEqual(Buffer.from(right), Buffer.from(signature));
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** The moment of an `x-amz-date`, as 20261124T030000Z. */
function dateOf(text: string): Date | undefined {
  const date = new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
