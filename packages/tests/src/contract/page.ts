import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TestSystem } from "../integration/system.ts";
import { root } from "../repository.ts";

/** Bytes that Lambda answers at most. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxAnswer = 6 * 1024 * 1024;

/** What anybody may read of the API: its document and the page that shows it. */
export function documentsRead(systemOf: () => TestSystem): void {
  const get = (path: string, headers: Record<string, string> = {}) => fetch(systemOf().url + path, { headers });

  test("the document that is served is the committed one, and is not sent again to who has it", async () => {
    const response = await get("/openapi.json");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(await readFile(join(root, "docs/openapi.json"), "utf8"));
    const etag = response.headers.get("etag") ?? "";
    expect((await get("/openapi.json", { "if-none-match": etag })).status).toBe(304);
    expect((await get("/openapi.json", { "if-none-match": '"another"' })).status).toBe(200);
  });

  test("the page needs nothing from elsewhere, and is far from what Lambda answers at most", async () => {
    const response = await get("/docs", { "accept-encoding": "identity" });
    expect(response.headers.get("content-encoding")).toBe(null);
    const text = await response.text();
    expect(Buffer.byteLength(text)).toBeLessThan(maxAnswer / 2);
    expect(text).not.toMatch(/<(script|link|img)[^>]+(src|href)="(?!data:)/);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/https?:|unsafe|\*/);
  });
}
