import { join } from "node:path";
import { root } from "../../repository.ts";

/** Modules of this folder, of which other releases are made, and the modules of today's whose place they take. */
const replaced = {
  "items-without-history": "packages/core/src/appointment/item.ts",
  "only-peru-listens": "packages/functions/src/queue/consume.ts",
  "newer-events": "packages/core/src/appointment/event.ts",
  "newer-commands": "packages/core/src/appointment/event.ts",
  "reads-another-version": "packages/core/src/appointment/event.ts",
} as const;
type Part = keyof typeof replaced;

/** What makes today's release another one. @returns by the product's module, the one that takes its place */
export const releaseOf = (...parts: Part[]): Map<string, string> =>
  new Map(parts.map((part) => [join(root, replaced[part]), join(import.meta.dirname, `${part}.ts`)]));
