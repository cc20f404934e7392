import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/**
 * What the documents' answers say of themselves. They hold no personal data, so they may be kept for five minutes.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 */
export const fileHeaders = {
  "cache-control": "public, max-age=300",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
} as const;

/** A document as it is answered. */
export interface File {
  contentType: string;
  /** `content-security-policy`: what a browser may load when it shows it. */
  policy: string;
  text: string;
}

/** What a request says that matters to the answer. Names in lower case. */
type Headers = Readonly<Record<string, string | undefined>>;

interface Answer {
  statusCode: 200 | 304;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}

/**
 * A file behind API Gateway's HTTP API, which compresses nothing: with gzip for who takes it, and not again for who has
 * it. Lambda answers at most 6 MB; a test holds the files far below.
 */
export function answerWith({ contentType, policy, text }: File): (headers: Headers) => Answer {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 22);
  let compressed: string | undefined;
  return (headers) => {
    const gzip = takesGzip(headers["accept-encoding"]);
    const etag = gzip ? `"${hash}-gzip"` : `"${hash}"`;
    const common = { ...fileHeaders, "content-security-policy": policy, etag, vary: "accept-encoding" };
    if (knows(headers["if-none-match"], etag)) {
      return { statusCode: 304, headers: common, body: "", isBase64Encoded: false };
    }
    const named = { ...common, "content-type": contentType };
    if (!gzip) return { statusCode: 200, headers: named, body: text, isBase64Encoded: false };
    compressed ??= gzipSync(text).toString("base64");
    const encoded = { ...named, "content-encoding": "gzip" };
    return { statusCode: 200, headers: encoded, body: compressed, isBase64Encoded: true };
  };
}

/** Source: RFC 9110, 12.5.3. */
const takesGzip = (accepted = ""): boolean =>
  accepted.split(",").some((each) => /^\s*(gzip|\*)\s*(;\s*q\s*=\s*(1(\.0*)?|0\.0*[1-9][0-9]*)\s*)?$/i.test(each));

/** Source: RFC 9110, 13.1.2: the comparison is weak. */
const knows = (condition = "", etag: string): boolean =>
  condition.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === etag);
