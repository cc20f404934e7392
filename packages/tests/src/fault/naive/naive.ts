import { join } from "node:path";
import { root } from "../../repository.ts";

/** Naive modules of this folder, and the product's modules whose place they take in the bundles. */
const replaced = {
  "no-idempotency": "packages/core/src/appointment/request.ts",
  "non-monotone": "packages/core/src/appointment/settle.ts",
  "swallowed-errors": "packages/functions/src/queue/consume.ts",
  "ack-before-commit": "packages/functions/src/queue/consume.ts",
  "no-reconciler": "packages/core/src/appointment/reconcile.ts",
  "check-then-insert": "packages/core/src/country/decide.ts",
  "insert-once": "packages/core/src/country/decide.ts",
  "lost-is-fault": "packages/core/src/database/trouble.ts",
} as const;
export type Naive = keyof typeof replaced;

/** @returns absolute paths: the product's module, and the naive one that replaces it */
export const replacementOf = (name: Naive): [product: string, naive: string] => [
  join(root, replaced[name]),
  join(import.meta.dirname, `${name}.ts`),
];
