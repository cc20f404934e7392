import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../repository.ts";
import { readOutcomes, withOutcomes } from "./outcome.ts";

test("docs/targets.md says what the kept runs came to", async () => {
  const text = await readFile(join(root, "docs/targets.md"), "utf8");
  expect(text).toBe(withOutcomes(text, await readOutcomes()));
});

test("a run that failed is said to have failed, and where", () => {
  const outcome = {
    target: "moto",
    version: "moto 5.2.5",
    commit: "0123456",
    at: "2026-11-24T10:33:00.000Z",
    database: "MySQL 9.7.4",
    passed: 40,
    skipped: 1,
    failed: ["one slot"],
  };
  const page = "# Page\n<!-- outcomes: written by `npm run test:integration` -->\nold\n<!-- /outcomes -->\nend\n";
  const text = withOutcomes(page, [outcome]);
  expect(text).toContain("| `moto` | moto 5.2.5, MySQL 9.7.4 | `0123456`, 2026-11-24 10:33 | 40 | 1 | 1 |");
  expect(text).toContain("- failed on `moto`: one slot");
  expect(text).toContain("| `embedded` | no run is kept |");
  expect(text).not.toContain("old");
});
