import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { answerChecker } from "@appointments/contract/answer/check";
import type { Document } from "@appointments/contract/answer/match";
import type { Answered } from "@appointments/local/http/api";
import { root } from "../repository.ts";

/** The committed document. */
export const openapi = JSON.parse(readFileSync(join(root, "docs/openapi.json"), "utf8")) as Document; // made by us, and linted

/** Compares answers with the document, as they go by. */
export function watchAnswers() {
  const check = answerChecker(openapi);
  const faults = new Set<string>();
  let seen = 0;
  return {
    onAnswer({ body, ...answered }: Answered): void {
      seen++;
      const plain = answered.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      for (const fault of check({ ...answered, body: plain.toString("utf8") })) faults.add(fault);
    },
    /** How many answers were compared. */
    seen: () => seen,
    /** What was answered and is not in the document; each once. */
    faults: () => [...faults],
    /** Throws when something was answered that is not in the document. */
    assertDocumented(): void {
      if (faults.size === 0) return;
      throw new Error(`Answers that are not in docs/openapi.json:\n  ${[...faults].join("\n  ")}`);
    },
  };
}
