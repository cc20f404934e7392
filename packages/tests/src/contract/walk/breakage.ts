import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Operation } from "../document.ts";
import type { WalkRequest } from "./send.ts";

interface Breakage {
  applies: (operation: Operation) => boolean;
  change: (good: WalkRequest) => fc.Arbitrary<WalkRequest>;
}

const always = () => true;
const hasBody = ({ requestBody }: Operation) => requestBody !== undefined;
const needsBody = ({ requestBody }: Operation) => requestBody?.required === true;
const needsToken = (operation: Operation) => operation["x-scope"] !== undefined;
const takesQuery = ({ operationId }: Operation) => !["getDocument", "readDocs"].includes(operationId);
const has = (name: string) => (operation: Operation) =>
  operation.parameters?.some((parameter) => parameter.name === name) ?? false;

/** A text for a place in the path: no slash, which would be another path. */
const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).map(encodeURIComponent);
const without = (request: WalkRequest, name: string) => request.headers.filter(([each]) => each.toLowerCase() !== name);
const withHeader = (request: WalkRequest, name: string, value: string): WalkRequest => ({
  ...request,
  headers: [...without(request, name.toLowerCase()), [name, value]],
});
const json = (request: WalkRequest, body: string | Buffer): WalkRequest =>
  withHeader({ ...request, body: Buffer.from(body) }, "content-type", "application/json");
const content = ({ body }: WalkRequest): Record<string, unknown> =>
  body === undefined ? {} : JSON.parse(body.toString());
/** A value in a header: bytes that HTTP allows. */
const odd = fc.string({
  unit: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 30,
});

/** Every way in which the walk breaks a request, by its name in the report. Each is refused, whatever else is in it. */
export const breakages: Record<string, Breakage> = {
  "no token": {
    applies: needsToken,
    change: (good) => fc.constant({ ...good, headers: without(good, "authorization") }),
  },
  "a token that is none": {
    applies: needsToken,
    change: (good) =>
      fc
        .string({ maxLength: 200, unit: "grapheme-ascii" })
        .map((text) => withHeader(good, "authorization", `Bearer ${text}`)),
  },
  "a token that was changed": {
    applies: needsToken,
    change: (good) => {
      const [, token = ""] = good.headers.find(([name]) => name === "authorization") ?? [];
      // The payload: what the signature guards.
      return fc
        .integer({ min: token.indexOf(".") + 1, max: token.lastIndexOf(".") - 1 })
        .map((at) =>
          withHeader(good, "authorization", token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1)),
        );
    },
  },
  "an unknown query parameter": {
    applies: takesQuery,
    change: (good) =>
      fc
        .tuple(fc.string({ unit: "grapheme", maxLength: 30 }), fc.string({ unit: "grapheme", maxLength: 30 }))
        .map(([name, value]) => ({
          ...good,
          query: [good.query, `x${encodeURIComponent(name)}=${encodeURIComponent(value)}`].filter(Boolean).join("&"),
        })),
  },
  "a limit out of range": {
    applies: has("limit"),
    change: (good) =>
      fc
        .constantFrom("0", "101", "-1", "1.5", "1e1", "", "٣", "1&limit=2")
        .map((limit) => ({ ...good, query: `limit=${limit}` })),
  },
  "a forged cursor": {
    applies: has("cursor"),
    change: (good) =>
      fc
        .string({ unit: "grapheme", maxLength: 200 })
        .map((text) => ({ ...good, query: `cursor=${encodeURIComponent(text)}` })),
  },
  "another insured's form": {
    applies: has("insuredId"),
    change: (good) =>
      segment
        .filter((text) => !/^[0-9]{5}$/.test(decodeURIComponent(text)))
        .map((text) => ({ ...good, path: good.path.replace(/^\/appointments\/[^/]*/, () => `/appointments/${text}`) })),
  },
  "another appointment's form": {
    applies: has("appointmentId"),
    change: (good) =>
      segment.map((text) => ({
        ...good,
        path: good.path.replace(/^(\/appointments\/[^/]*\/)[^/]*/, (_all, before) => before + text),
      })),
  },
  "a key with a comma or nothing": {
    applies: has("Idempotency-Key"),
    change: (good) =>
      fc
        .constantFrom("", "one,two", "k".repeat(256), "a b", "\xe9")
        .map((key) => withHeader(good, "Idempotency-Key", key)),
  },
  "a key of odd bytes": {
    applies: has("Idempotency-Key"),
    change: (good) => odd.map((key) => withHeader(good, "Idempotency-Key", key)),
  },
  "an If-Match that is none": {
    applies: has("If-Match"),
    change: (good) =>
      fc.constantFrom("1", "", '"', '"1', "**", '"1" "2"').map((tag) => withHeader(good, "If-Match", tag)),
  },
  "a body that is no JSON": {
    applies: hasBody,
    change: (good) =>
      fc
        .constantFrom("{", "{}x", "'", "\ufeff{}", "{'a':1}", "NaN", '{"a":1,}', "[", '{"a":"\\ud800"}')
        .map((text) => json(good, text)),
  },
  "bytes that are no UTF-8": {
    applies: hasBody,
    change: (good) =>
      fc
        .uint8Array({ minLength: 1, maxLength: 50 })
        .map((bytes) => json(good, Buffer.concat([Buffer.from('{"'), Buffer.from([0xff]), bytes]))),
  },
  "a body that is no object": {
    applies: hasBody,
    change: (good) => fc.constantFrom("null", "[]", "1", "true", '"x"', "[{}]").map((text) => json(good, text)),
  },
  "a member that is not known": {
    applies: hasBody,
    change: (good) =>
      fc
        .tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.jsonValue())
        .map(([name, value]) => json(good, JSON.stringify({ ...content(good), [`x${name}`]: value }))),
  },
  "a member twice": {
    applies: needsBody,
    change: (good) => {
      const text = JSON.stringify(content(good));
      return fc.constant(json(good, `${text.slice(0, -1)},${text.slice(1)}`));
    },
  },
  "a member of another type": {
    applies: needsBody,
    change: (good) => {
      const body = content(good);
      return fc
        .tuple(
          fc.constantFrom(...Object.keys(body)),
          fc.constantFrom<unknown>(null, true, {}, [], -1, 1.5, "", "0", "1e400", "٠٠٠٤٢"),
        )
        .map(([name, value]) => json(good, JSON.stringify({ ...body, [name]: value })));
    },
  },
  "a number that JavaScript rounds": {
    applies: needsBody,
    change: (good) =>
      fc
        .constantFrom("9007199254740993", "1e400", "1.0000000000000000001")
        .map((number) =>
          json(
            good,
            JSON.stringify({ ...content(good), scheduleId: 1 }).replace('"scheduleId":1', `"scheduleId":${number}`),
          ),
        ),
  },
  "a member that is missing": {
    applies: needsBody,
    change: (good) => {
      const body = content(good);
      return fc
        .constantFrom(...Object.keys(body))
        .map((name) => json(good, JSON.stringify({ ...body, [name]: undefined })));
    },
  },
  "no body": { applies: needsBody, change: (good) => fc.constant({ ...good, body: Buffer.alloc(0) }) },
  "another content type": {
    applies: needsBody,
    change: (good) =>
      fc
        .constantFrom("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "")
        .map((type) => withHeader(good, "content-type", type)),
  },
  "an encoded body": {
    applies: needsBody,
    change: (good) => fc.constant(withHeader(json(good, gzipSync(good.body ?? "")), "content-encoding", "gzip")),
  },
  "a body that is too large": {
    applies: hasBody,
    change: (good) => fc.integer({ min: 16 * 1024 + 1, max: 64 * 1024 }).map((size) => json(good, " ".repeat(size))),
  },
  "another method": {
    applies: always,
    change: (good) => fc.constantFrom("PUT", "PATCH", "DELETE", "PROPFIND").map((method) => ({ ...good, method })),
  },
  "another path": {
    applies: always,
    change: (good) => segment.map((text) => ({ ...good, path: `${good.path}/${text}/${text}/${text}` })),
  },
};
