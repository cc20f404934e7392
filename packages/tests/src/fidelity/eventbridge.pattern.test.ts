import { TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, startTarget } from "./behaviour.ts";
import { refusalOf } from "./messages.ts";
import { pages, type Row, recorded } from "./row.ts";
import type { Target } from "./topology.ts";

let target: Target;
beforeAll(async () => {
  target = await startTarget(() => ({}));
});
afterAll(() => target?.stop());

/** Asks EventBridge itself whether a pattern matches an event. */
async function ask(pattern: unknown, event: Record<string, unknown>): Promise<boolean | undefined> {
  const envelope = {
    id: "1",
    source: "shop",
    "detail-type": "order.changed",
    account: "123456789012",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: [],
    ...event,
  };
  const command = new TestEventPatternCommand({
    Event: JSON.stringify(envelope),
    EventPattern: JSON.stringify(pattern),
  });
  return (await target.events.send(command)).Result;
}

type RowGiven = Pick<Row, "id" | "says" | "differences"> & Partial<Pick<Row, "evidence" | "docs">>;

interface Case {
  /** The list that the pattern holds for the field `value` of the detail. */
  pattern: unknown[];
  /** Values of that field that match, and that do not. */
  matches: unknown[];
  not: unknown[];
}

/** A row about one operator; a value of `undefined` is a field that is not there. */
function operator(row: RowGiven, labels: string, cases: Case[]): void {
  behaviour(rowOf(row, labels), async () => {
    for (const { pattern, matches, not } of cases) {
      for (const value of [...matches, ...not]) {
        const result = await ask({ detail: { value: pattern } }, { detail: { value, other: 1 } });
        expect(result, `${JSON.stringify(pattern)} on ${JSON.stringify(value)}`).toBe(matches.includes(value));
      }
    }
  });
}

/** A row about patterns that are refused, with AWS's reason. */
function refused(row: RowGiven, labels: string, cases: [unknown, string][]): void {
  behaviour(rowOf(row, labels), async () => {
    for (const [pattern, reason] of cases) {
      const { code, message } = await refusalOf(ask(pattern, { detail: { value: "a" } }));
      expect([code, message.split("\n")[0]], JSON.stringify(pattern)).toEqual([
        "InvalidEventPattern",
        `Event pattern is not valid. Reason: ${reason}`,
      ]);
    }
  });
}

/** A row about whole patterns: each with an event that matches it and one that does not. */
function shape(
  row: RowGiven,
  labels: string,
  cases: { pattern: unknown; matches: Record<string, unknown>[]; not: Record<string, unknown>[] }[],
): void {
  behaviour(rowOf(row, labels), async () => {
    for (const { pattern, matches, not } of cases) {
      for (const event of matches) expect(await ask(pattern, event), JSON.stringify([pattern, event])).toBe(true);
      for (const event of not) expect(await ask(pattern, event), JSON.stringify([pattern, event])).toBe(false);
    }
  });
}

function rowOf(row: RowGiven, labels: string): Row {
  return {
    area: "EventBridge",
    docs: pages.pattern,
    evidence: recorded("events/test_events_patterns", `test_event_pattern[${labels}]`, "2025-10-15"),
    ...row,
  };
}

operator(
  {
    id: "events.pattern.exact",
    says: "A value matches when it is equal, type and case included; a field matches when one of the list's items does.",
  },
  "string, string_empty, boolean, null_value, number_comparison_float, …",
  [
    { pattern: ["CL", "PE"], matches: ["PE", "CL"], not: ["pe", "PER", "", null, undefined] },
    { pattern: [""], matches: [""], not: [" ", null, undefined] },
    { pattern: [300], matches: [300, 300.0, 3e2], not: ["300", 301] },
    { pattern: [false], matches: [false], not: [true, "false", null] },
    { pattern: [null], matches: [null], not: ["null", "", 0, undefined] },
  ],
);

operator(
  {
    id: "events.pattern.arrays",
    says: "A field that holds an array matches when one of its items does; an empty one never.",
  },
  "arrays, arrays_NEG, arrays_empty_null_NEG, exists_list_empty_NEG",
  [
    { pattern: ["a", "b"], matches: [["x", "b"], ["a"]], not: [["x"], []] },
    { pattern: [null], matches: [[null]], not: [[]] },
    { pattern: [{ exists: true }], matches: [["x"]], not: [[]] },
    { pattern: [{ prefix: "a" }], matches: [["x", "ab"]], not: [["x"]] },
  ],
);

operator(
  {
    id: "events.pattern.prefix",
    says: "prefix and suffix compare text; an empty one matches any text, and case can be ignored.",
  },
  "content_prefix, content_prefix_empty, content_prefix_ignorecase, content_suffix, …",
  [
    { pattern: [{ prefix: "ord" }], matches: ["order", "ord"], not: ["Order", "word", 1, null, undefined] },
    { pattern: [{ prefix: "" }], matches: ["order", ""], not: [undefined] },
    { pattern: [{ suffix: ".png" }], matches: ["a.png"], not: ["a.PNG", "a.png.bak"] },
    { pattern: [{ suffix: "" }], matches: ["a"], not: [undefined] },
    { pattern: [{ prefix: { "equals-ignore-case": "EvEnt" } }], matches: ["eventb", "EVENT"], not: ["even"] },
    { pattern: [{ suffix: { "equals-ignore-case": ".png" } }], matches: ["a.PNG"], not: ["a.jpg"] },
  ],
);

operator(
  { id: "events.pattern.case", says: "equals-ignore-case compares whole texts without case." },
  "content_ignorecase, content_ignorecase_NEG, content_ignorecase_empty",
  [
    {
      pattern: [{ "equals-ignore-case": "done" }],
      matches: ["DONE", "done", ["x", "Done"]],
      not: ["done.", 1, undefined],
    },
    { pattern: [{ "equals-ignore-case": "" }], matches: [""], not: ["a", undefined] },
  ],
);

operator(
  { id: "events.pattern.wildcard", says: "wildcard: * stands for any characters, none too; all the rest for itself." },
  "content_wildcard_simplified, content_wildcard_nonrepeating, content_wildcard_repeating, content_wildcard_empty_NEG",
  [
    {
      pattern: [{ wildcard: "dir/*/a.txt" }],
      matches: ["dir/b/a.txt", "dir/b/c/a.txt"],
      not: ["dir/a.txt", "dir/b/a.txt.x"],
    },
    { pattern: [{ wildcard: "dir/*/x/x/a" }], matches: ["dir/b/x/x/x/a"], not: ["dir/b/x/y/a"] },
    { pattern: [{ wildcard: "a.c" }], matches: ["a.c"], not: ["abc"] },
    { pattern: [{ wildcard: "" }], matches: [], not: ["a"] },
  ],
);

operator(
  {
    id: "events.pattern.numeric",
    says: "numeric compares numbers, with one bound or two; text that holds a number is not one.",
  },
  "content_numeric_and, content_numeric_and_NEG, numeric-int-float, numeric-string_NEG, numeric-null_NEG",
  [
    { pattern: [{ numeric: [">", 0, "<=", 5] }], matches: [3, 5, 0.1], not: [0, 5.1, "3", null, undefined] },
    { pattern: [{ numeric: ["=", 3.018e2] }], matches: [301.8], not: [301] },
    { pattern: [{ numeric: [">", 100] }], matches: [101.0], not: [100, "300"] },
    { pattern: [{ numeric: ["<", 10] }], matches: [-1, 9], not: [10] },
  ],
);

operator(
  { id: "events.pattern.exists", says: "exists asks for a field to be there, null included, or not to be there." },
  "content_exists, content_exists_false, exists_dynamodb_NEG",
  [
    { pattern: [{ exists: true }], matches: ["a", null, 0], not: [undefined, { inner: 1 }] },
    { pattern: [{ exists: false }], matches: [undefined], not: ["a", null] },
    { pattern: [{ "anything-but": ["roses"] }, { exists: false }], matches: ["a", undefined], not: ["roses"] },
  ],
);

operator(
  {
    id: "events.pattern.anything-but",
    says: "anything-but matches a field that is there, null included, and holds something else.",
  },
  "content_anything_but_string, content_anything_but_string_list, content_anything_but_number, …_missing_NEG, …_null",
  [
    { pattern: [{ "anything-but": "open" }], matches: ["done", null, 1], not: ["open", undefined] },
    { pattern: [{ "anything-but": ["open", "lost"] }], matches: ["done", null], not: ["open", "lost", undefined] },
    { pattern: [{ "anything-but": 123 }], matches: [789, "123"], not: [123, undefined] },
    { pattern: [{ "anything-but": 0 }], matches: [789], not: [0] },
    { pattern: [{ "anything-but": [100, 200] }], matches: [999], not: [100] },
  ],
);

operator(
  {
    id: "events.pattern.anything-but.operators",
    says: "anything-but turns prefix, suffix, wildcard and equals-ignore-case around, over one or a list; numbers and null match.",
  },
  "content_anything_prefix, content_anything_suffix, content_anything_wildcard, content_anything_but_ignorecase, and their lists",
  [
    { pattern: [{ "anything-but": { prefix: "init" } }], matches: ["post-init", 12, null], not: ["init-a", undefined] },
    {
      pattern: [{ "anything-but": { prefix: ["init", "post"] } }],
      matches: ["a", 12, null],
      not: ["post-a", undefined],
    },
    { pattern: [{ "anything-but": { suffix: ".txt" } }], matches: ["a.txt.bak", null], not: ["a.txt", undefined] },
    { pattern: [{ "anything-but": { suffix: [".txt", ".jpg"] } }], matches: ["a.png"], not: ["a.jpg"] },
    {
      pattern: [{ "anything-but": { wildcard: "*/init/*" } }],
      matches: ["dir/a/b", 123, null],
      not: ["a/init/b", undefined],
    },
    { pattern: [{ "anything-but": { wildcard: ["*/init/*", "*/dir/*"] } }], matches: ["a/b"], not: ["a/dir/b"] },
    { pattern: [{ "anything-but": { wildcard: "" } }], matches: ["a"], not: [] },
    {
      pattern: [{ "anything-but": { "equals-ignore-case": "open" } }],
      matches: ["done", null],
      not: ["OPEN", undefined],
    },
    { pattern: [{ "anything-but": { "equals-ignore-case": ["open", "lost"] } }], matches: ["a"], not: ["Lost"] },
  ],
);

operator(
  { id: "events.pattern.cidr", says: "cidr matches addresses of a network, IPv4 and IPv6, however IPv6 is written." },
  "content_ip_address, content_ip_address_NEG, content_ip_address_v6, content_ip_address_bad_type_NEG",
  [
    { pattern: [{ cidr: "10.0.0.0/24" }], matches: ["10.0.0.255"], not: ["10.0.1.0", "10.0.0.256", 123, undefined] },
    {
      pattern: [{ cidr: "2001:db8:1234:1a00::/64" }],
      matches: ["2001:0db8:1234:1a00:0000:0000:0000:0000"],
      not: ["2001:0db8:123f:1a01:0000:0000:0000:0000", "10.0.0.1"],
    },
  ],
);

operator(
  {
    id: "events.pattern.alternatives",
    says: "The items of a field's list are alternatives, whatever operators they use.",
  },
  "operator_multiple_list, or-numeric-anything-but, or-numeric-anything-but_NEG",
  [
    { pattern: [{ exists: true }, { prefix: "x" }], matches: ["a"], not: [undefined] },
    { pattern: [{ numeric: [">", 100] }, { "anything-but": "101" }], matches: ["42", 101], not: ["101"] },
  ],
);

shape(
  {
    id: "events.pattern.and",
    says: "All fields that a pattern names must match, however many; the others do not matter.",
  },
  "complex_many_rules, complex_multi_match, complex_multi_match_NEG, minimal",
  [
    {
      pattern: { source: ["shop"], detail: { a: [1], b: [2], c: [3], d: [4], e: [5], f: [6], g: [7], h: [8] } },
      matches: [{ detail: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 } }],
      not: [{ detail: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 9 } }],
    },
    {
      pattern: {
        account: ["123456789012"],
        id: ["1"],
        region: ["us-east-1"],
        source: ["shop"],
        time: [{ prefix: "2026" }],
        "detail-type": ["order.changed"],
      },
      matches: [{}],
      not: [{ source: "Shop" }],
    },
  ],
);

shape(
  { id: "events.pattern.or", says: "$or holds when one of its parts does, with whatever stands beside it." },
  "complex_or, complex_or_NEG",
  [
    {
      pattern: { detail: { kind: ["k"], $or: [{ a: [{ numeric: [">", 0] }] }, { b: [1], c: [1] }] } },
      matches: [{ detail: { kind: "k", a: 1 } }, { detail: { kind: "k", a: 0, b: 1, c: 1 } }],
      not: [{ detail: { kind: "k", a: 0, b: 1 } }, { detail: { a: 1 } }],
    },
  ],
);

shape(
  {
    id: "events.pattern.paths",
    says: "A dot in a key is a step down, in patterns and in events; keys compare with their case.",
  },
  "dot_joining_event, dot_joining_event_NEG, dot_joining_pattern, dot_joining_pattern_NEG, key_case_sensitive_NEG",
  [
    {
      pattern: { detail: { state: { status: ["on"] } } },
      matches: [{ detail: { state: { status: "on" } } }, { detail: { "state.status": "on" } }],
      not: [{ detail: { "state.status": { status: "on" } } }, { detail: { State: { status: "on" } } }],
    },
    {
      pattern: { detail: { "state.status": ["on"] } },
      matches: [{ detail: { state: { status: "on" } } }],
      not: [{ detail: { state: "on" } }],
    },
  ],
);

shape(
  {
    id: "events.pattern.array.items",
    says: "Conditions inside an array of objects must be met by one and the same of them.",
  },
  "list_within_dict (that an item is enough); the page on arrays",
  [
    {
      pattern: { detail: { lines: { sku: ["a"], count: [{ numeric: [">", 1] }] } } },
      matches: [{ detail: { lines: [{ sku: "b", count: 1 }, {}, { sku: "a", count: 2 }] } }],
      not: [
        {
          detail: {
            lines: [
              { sku: "a", count: 1 },
              { sku: "b", count: 2 },
            ],
          },
        },
      ],
    },
  ],
);

shape(
  { id: "events.pattern.detail.text", says: "A detail that is JSON in a text is a text: nothing inside it matches." },
  "nested_json_NEG",
  [{ pattern: { detail: { a: ["b"] } }, matches: [{ detail: { a: "b" } }], not: [{ detail: '{"a":"b"}' }] }],
);

const value = (item: unknown) => ({ detail: { value: [item] } });
const tooComplex =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";

refused(
  {
    id: "events.pattern.refused.shape",
    says: "A pattern is refused when a field holds no list, an empty one, or an unknown operator.",
  },
  "int_nolist_EXC, string_nolist_EXC, arrays_empty_EXC, operator_case_sensitive_EXC; test_invalid_json_event_pattern",
  [
    [{ value: 42 }, '"value" must be an object or an array'],
    [{ value: "a" }, '"value" must be an object or an array'],
    [{ resources: [] }, "Empty arrays are not allowed"],
    [value({ EXISTS: true }), "Unrecognized match type EXISTS"],
    [["source"], "Filter is not an object"],
  ],
);

refused(
  {
    id: "events.pattern.refused.operand",
    says: "An operator with an operand of the wrong kind is refused, with the reason.",
  },
  "content_prefix_int_EXC, content_suffix_list_EXC, content_ignorecase_EXC, content_wildcard_…_EXC, content_ip_address_…_EXC",
  [
    [value({ prefix: 123 }), "prefix match pattern must be a string"],
    [value({ prefix: ["a"] }), "prefix match pattern must be a string"],
    [value({ suffix: 123 }), "suffix match pattern must be a string"],
    [value({ "equals-ignore-case": ["a"] }), "equals-ignore-case match pattern must be a string"],
    [value({ wildcard: 123 }), "wildcard match pattern must be a string"],
    [value({ wildcard: "ab**" }), "Consecutive wildcard characters at pos 3"],
    [value({ cidr: ["a"] }), "prefix match pattern must be a string"],
    [value({ cidr: "bad" }), "Malformed CIDR, one '/' required"],
    [value({ cidr: "bad/x" }), "Malformed CIDR, mask bits must be an integer"],
    [value({ cidr: "xx.11.xx/8" }), "Nonstandard IP address: xx.11.xx"],
  ],
);

refused(
  { id: "events.pattern.refused.numeric", says: "A numeric range that is none is refused, with the reason." },
  "content_numeric_EXC, content_numeric_number_EXC, content_numeric_syntax_EXC; SNS test_validate_policy_numeric_operator",
  [
    [value({ numeric: 10 }), "Value of numeric must be an array."],
    [value({ numeric: [">", 0, ">", 0] }), "Bad numeric range operator: >"],
    [value({ numeric: [">", 0, "<"] }), "Value of < must be numeric"],
    [value({ numeric: [">", 3, "<", 1] }), "Bottom must be less than top"],
    [value({ numeric: ["=", "000"] }), "Value of equals must be numeric"],
    [value({ numeric: [] }), "Invalid member in numeric match: ]"],
  ],
);

refused(
  {
    id: "events.pattern.refused.anything-but",
    says: "anything-but takes texts, numbers or one operator over texts; all else is refused.",
  },
  "content_anything_…_EXC",
  [
    [value({ "anything-but": null }), "Value of anything-but must be an array or single string/number value."],
    [value({ "anything-but": ["a", null] }), "Inside anything but list, start|null|boolean is not supported."],
    [value({ "anything-but": { prefix: "" } }), "Null prefix/suffix not allowed"],
    [value({ "anything-but": { prefix: 1 } }), "prefix/suffix match pattern must be a string"],
    [
      value({ "anything-but": { prefix: { "equals-ignore-case": "a" } } }),
      "Value of anything-but must be an array or single string/number value.",
    ],
    [
      value({ "anything-but": { "equals-ignore-case": 1 } }),
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    ],
    [value({ "anything-but": { wildcard: [1, "a"] } }), "wildcard match pattern must be a string"],
  ],
);

refused(
  { id: "events.pattern.refused.complex", says: "A wildcard pattern that would cost too much to match is refused." },
  "content_wildcard_complex_EXC",
  [[value({ wildcard: "*:*:*:*:*:event-bus/*" }), tooComplex]],
);

behaviour(
  {
    id: "events.pattern.event",
    area: "EventBridge",
    says: "TestEventPattern refuses an event that is no object, or lacks one of EventBridge's own fields.",
    docs: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html",
    evidence: recorded(
      "events/test_events_patterns",
      "test_invalid_event_payload, test_array_event_payload",
      "2024-12-06",
    ),
  },
  async () => {
    for (const Event of ["plain", '["a"]', '{"a":1}']) {
      const command = new TestEventPatternCommand({ Event, EventPattern: '{"source":["a"]}' });
      expect(await refusalOf(target.events.send(command))).toEqual({
        code: "Validation",
        message: "Parameter Event is not valid.",
      });
    }
  },
);

/** EventBridge's own engine is published; the version that AWS runs is not, and no recording has these patterns. */
const ruler = "https://github.com/aws/event-ruler/blob/main";
const compiler = {
  docs: `${ruler}/src/main/software/amazon/event/ruler/JsonRuleCompiler.java`,
  evidence: { kind: "documentation", source: "aws/event-ruler" },
} as const;

/** A row about patterns that the published engine refuses. */
function refusedByRuler(row: Pick<Row, "id" | "says">, cases: [unknown, string][]): void {
  refused({ ...row, ...compiler }, "", cases);
}

refusedByRuler(
  {
    id: "events.pattern.refused.names",
    says: "Names that every object of a programming language has are no operators.",
  },
  [
    [value({ toString: "a" }), "Unrecognized match type toString"],
    [value({ constructor: "a" }), "Unrecognized match type constructor"],
    [value({ hasOwnProperty: "a" }), "Unrecognized match type hasOwnProperty"],
    [value(JSON.parse('{"__proto__":"a"}')), "Unrecognized match type __proto__"],
    [value({ numeric: ["toString", 1] }), "Unrecognized numeric range operator: toString"],
    [value({ numeric: ["constructor", 1] }), "Unrecognized numeric range operator: constructor"],
    [value({ numeric: [">", 0, "toString", 1] }), "Bad numeric range operator: toString"],
    [value({ "anything-but": { toString: "a" } }), "Unsupported anything-but pattern: toString"],
  ],
);

refusedByRuler(
  { id: "events.pattern.refused.keys", says: "An operator, and an object inside one, has exactly one key." },
  [
    [value({}), "Match expression name not found"],
    [value({ prefix: "a", suffix: "b" }), "Only one key allowed in match expression"],
    [value({ exists: true, prefix: "b" }), "Only one key allowed in match expression"],
    [value({ prefix: { "equals-ignore-case": "a", suffix: "b" } }), "Only one key allowed in match expression"],
    [value({ suffix: { "equals-ignore-case": "a", prefix: "b" } }), "Only one key allowed in match expression"],
    [value({ prefix: {} }), "Prefix expression name not found"],
    [value({ suffix: {} }), "Suffix expression name not found"],
    [value({ prefix: { suffix: "a" } }), "Unsupported prefix pattern: suffix"],
    [value({ suffix: { wildcard: "a" } }), "Unsupported suffix pattern: wildcard"],
    [value({ prefix: { "equals-ignore-case": 1 } }), "equals-ignore-case match pattern must be a string"],
    [value({ "anything-but": {} }), "Anything-But expression name not found"],
    [value({ "anything-but": { prefix: "a", suffix: "b" } }), "Too many elements in numeric expression"],
    [value({ "anything-but": "a", prefix: "b" }), "Too many elements in numeric expression"],
    [value({ numeric: ["=", 1], prefix: "b" }), "Too many elements in numeric expression"],
  ],
);

const mixed = "Inside anything but list, either all values are number or string, mixed type is not supported";

refusedByRuler(
  {
    id: "events.pattern.refused.mixed",
    says: "The list of anything-but holds texts only or numbers only, and is not empty.",
  },
  [
    [value({ "anything-but": ["a", 1] }), mixed],
    [value({ "anything-but": [1, "a"] }), mixed],
    [value({ "anything-but": [] }), mixed],
    [
      value({ "anything-but": { prefix: null } }),
      "Value of anything-but must be an array or single string/number value.",
    ],
    [
      value({ "anything-but": { wildcard: true } }),
      "Value of anything-but must be an array or single string/number value.",
    ],
  ],
);

const inOr = (part: unknown) => ({ detail: { $or: [{ a: [1] }, part] } });
const reserved = (name: string) => `${name} is Ruler reserved fieldName which cannot be used inside $or.`;

refusedByRuler(
  {
    id: "events.pattern.refused.or",
    says: "$or takes a list of two or more objects, and no field in them has the name of an operator, whether it exists or is kept for later.",
  },
  [
    [inOr({ numeric: [1] }), reserved("numeric")],
    [inOr({ prefix: ["a"] }), reserved("prefix")],
    [inOr({ "anything-but": ["a"] }), reserved("anything-but")],
    [inOr({ b: { cidr: ["a"] } }), reserved("cidr")],
    [inOr({ ">=": [1] }), reserved(">=")],
    [inOr({ regex: ["a"] }), reserved("regex")],
    [inOr({ "date-before": ["a"] }), reserved("date-before")],
    [inOr({ "ip-address-in-range": ["a"] }), reserved("ip-address-in-range")],
    [inOr({}), "Empty objects are not allowed"],
    [{ $or: { a: [1] } }, "It must be an Array followed with $or."],
    [{ $or: [{ a: [1] }, "a"] }, "Only JSON object is allowed in array of $or relationship."],
    [{ $or: [{ a: [1] }] }, "There must have at least 2 Objects in $or relationship."],
  ],
);

shape(
  {
    id: "events.pattern.or.names",
    says: "Outside of $or a field may have the name of an operator.",
    docs: `${ruler}/README.md#and-and-or-relationship-among-fields-with-ruler`,
    evidence: { kind: "documentation", source: "aws/event-ruler" },
  },
  "",
  [
    {
      pattern: { detail: { numeric: [1], toString: ["a"] } },
      matches: [{ detail: { numeric: 1, toString: "a" } }],
      not: [{ detail: { numeric: 1 } }, { detail: { toString: "a" } }],
    },
  ],
);

const stacks = (names: string[]) => ({
  detail: { stack: names.map((name) => ({ wildcard: `*:stack/${name}/*` })) },
});

refusedByRuler(
  {
    id: "events.pattern.refused.complex.sum",
    says: "The wildcards of one field cost together, in a list, in anything-but and over the parts of $or.",
  },
  [
    [stacks(["a", "b", "c", "d"]), tooComplex],
    [value({ wildcard: `${"*a".repeat(8)}*` }), tooComplex],
    [value({ "anything-but": { wildcard: "*:*:*:*:*:event-bus/*" } }), tooComplex],
    [
      { detail: { $or: ["a", "b", "c", "d"].map((name) => ({ stack: [{ wildcard: `*:stack/${name}/*` }] })) } },
      tooComplex,
    ],
  ],
);

shape(
  {
    id: "events.pattern.complex.enough",
    says: "Wildcards that cost little are taken, on several fields too.",
    docs: "https://github.com/vals-ai/Valkyrie/pull/278",
    evidence: { kind: "documentation", source: "AWS took three such names in a list and refused four" },
  },
  "",
  [
    {
      pattern: stacks(["a", "b", "c"]),
      matches: [{ detail: { stack: "arn:stack/b/1" } }],
      not: [{ detail: { stack: "arn:stack/d/1" } }],
    },
    {
      pattern: { detail: Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, [{ wildcard: "*:*:*" }]])) },
      matches: [{ detail: { a: "::", b: "::", c: "::", d: "::" } }],
      not: [{ detail: { a: "::", b: "::", c: "::", d: ":" } }],
    },
    {
      pattern: {
        detail: {
          $or: ["a", "b", "c", "d"].map((name) => ({ kind: [name], stack: [{ wildcard: `*:stack/${name}/*` }] })),
        },
      },
      matches: [{ detail: { kind: "d", stack: "arn:stack/d/1" } }],
      not: [{ detail: { kind: "d", stack: "arn:stack/a/1" } }],
    },
  ],
);
