import { expect, test } from "vitest";
import type { Graph, GraphResource } from "../graph.ts";
import { describe as described, differences } from "./diff.ts";

function graph(...resources: Partial<GraphResource>[]): Graph {
  const all = resources.map((resource) => ({
    type: "aws:sqs/queue:Queue",
    name: "Queue",
    urn: "",
    inputs: {},
    outputs: {},
    options: {},
    ...resource,
  }));
  return { resources: all } as unknown as Graph;
}

function changes(before: Graph, after: Graph): string {
  return described(differences(before, after));
}

test("equal graphs have no differences, in any order and with any outputs", () => {
  const inputs = { delaySeconds: 0, tags: ["a"] };
  const one = graph({ name: "A", inputs }, { name: "B", outputs: { id: "1" } });
  const other = graph({ name: "B", outputs: { id: "2" } }, { name: "A", inputs: { ...inputs } });
  expect(changes(one, other)).toBe("No resource changes.");
});

test("what is added, removed and changed is named, with values before and after", () => {
  const before = graph({ name: "Gone" }, { name: "Kept", inputs: { delaySeconds: 0, tags: { team: "a" } } });
  const after = graph({ name: "New" }, { name: "Kept", inputs: { delaySeconds: 5, tags: { team: "a", cost: "b" } } });
  expect(changes(before, after)).toBe(
    [
      "1 added, 1 removed, 1 changed",
      "",
      "- aws:sqs/queue:Queue Gone",
      "~ aws:sqs/queue:Queue Kept",
      "    delaySeconds: 0 → 5",
      '    tags.cost: (none) → "b"',
      "+ aws:sqs/queue:Queue New",
    ].join("\n"),
  );
});

test("inside a policy only what changed is shown", () => {
  const policy = (action: string) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: action }] });
  const [before, after] = ["sqs:SendMessage", "sqs:*"].map((action) => graph({ inputs: { policy: policy(action) } }));
  expect(changes(before as Graph, after as Graph)).toContain(
    '    policy.Statement.0.Action: "sqs:SendMessage" → "sqs:*"',
  );
});

test("that a resource loses its protection is a change", () => {
  const before = graph({ options: { protect: true, retainOnDelete: true } });
  expect(changes(before, graph({}))).toContain("    (protect): true → (none)\n    (retainOnDelete): true → (none)");
});

test.each([
  ["password", "one", "two"],
  ["secretString", '{"password":"one"}', '{"password":"two"}'],
  ["environment.variables.DATABASE_URL", "mysql://app:one@host/db", "mysql://app:two@host/db"],
])("%s is not shown", (path, before, after) => {
  const at = (value: string) =>
    graph({
      inputs: path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
        string,
        unknown
      >,
    });
  const text = changes(at(before), at(after));
  expect(text).toContain("(hidden)");
  expect(text).not.toMatch(/one|two/);
});
