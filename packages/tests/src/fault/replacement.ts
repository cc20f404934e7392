import { join } from "node:path";
import { root } from "../repository.ts";

/** Modules of the folder `replacement`, and the product's modules whose place they take in the bundles. */
const replaced = {
  // Naive on purpose: the campaign must catch them.
  "no-idempotency": "core/src/appointment/request.ts",
  "non-monotone": "core/src/appointment/settle.ts",
  "swallowed-errors": "functions/src/queue/consume.ts",
  "ack-before-commit": "functions/src/queue/consume.ts",
  "no-reconciler": "core/src/appointment/reconcile.ts",
  "check-then-insert": "core/src/country/decide.ts",
  "insert-once": "core/src/country/decide.ts",
  "lost-is-fault": "core/src/database/trouble.ts",
  // Parts of an older or a newer release.
  "items-without-history": "core/src/appointment/item.ts",
  "only-peru-listens": "functions/src/queue/consume.ts",
  "newer-events": "core/src/appointment/event.ts",
  "newer-commands": "core/src/appointment/event.ts",
  "reads-another-version": "core/src/appointment/event.ts",
} as const;
export type Replacement = keyof typeof replaced;

/** @returns by the product's module, the one that takes its place; both are absolute paths */
export const replacementsOf = (...names: Replacement[]): Map<string, string> =>
  new Map(
    names.map((name) => [
      join(root, "packages", replaced[name]),
      join(import.meta.dirname, "replacement", `${name}.ts`),
    ]),
  );
