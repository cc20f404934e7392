import { describe, expect, it } from "vitest";
import type { PolicyStatement } from "./graph.ts";
import { decide, misunderstood } from "./iam.ts";

const queue = "arn:aws:sqs:us-east-1:123456789012:orders";
const send = { action: "sqs:SendMessage", resource: queue, context: {} };
const allow = (actions: string[], resources: string[], more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  effect: "Allow",
  actions,
  resources,
  ...more,
});

describe("a policy", () => {
  it("denies what no statement allows", () => {
    expect(decide([], send)).toBe("implicit-deny");
    expect(decide([allow(["sqs:ReceiveMessage"], [queue])], send)).toBe("implicit-deny");
    expect(decide([allow(["sqs:SendMessage"], [`${queue}-other`])], send)).toBe("implicit-deny");
  });

  it("allows by name and by wildcard, in any case of the action", () => {
    expect(decide([allow(["sqs:sendmessage"], [queue])], send)).toBe("allow");
    expect(decide([allow(["sqs:Send*"], ["arn:aws:sqs:*:*:ord?rs"])], send)).toBe("allow");
    expect(decide([allow(["*"], ["*"])], send)).toBe("allow");
  });

  it("takes a dot in an ARN for a dot, and its case for its case", () => {
    const fifo = { ...send, resource: "arn:aws:sqs:us-east-1:123456789012:ordersxfifo" };
    expect(decide([allow(["sqs:*"], ["*:orders.fifo"])], fifo)).toBe("implicit-deny");
    expect(decide([allow(["sqs:*"], [queue.replace("orders", "Orders")])], send)).toBe("implicit-deny");
  });

  it("an explicit deny wins over every allow", () => {
    const deny: PolicyStatement = { effect: "Deny", actions: ["sqs:*"], resources: [queue] };
    expect(decide([allow(["*"], ["*"]), deny], send)).toBe("explicit-deny");
  });

  it("holds a condition against the call, and one on a key that the call lacks does not hold", () => {
    const from = (operator: string, ...values: string[]) => [
      allow(["sqs:SendMessage"], [queue], { conditions: { [operator]: { "aws:SourceArn": values } } }),
    ];
    const call = { ...send, context: { "aws:sourcearn": "arn:aws:sns:us-east-1:123456789012:topic" } };
    expect(decide(from("ArnEquals", call.context["aws:sourcearn"]), call)).toBe("allow");
    expect(decide(from("ArnLike", "arn:aws:sns:*:*:topic"), call)).toBe("allow");
    expect(decide(from("StringEquals", "arn:aws:sns:*:*:topic"), call)).toBe("implicit-deny");
    expect(decide(from("ArnEquals", "arn:aws:sns:us-east-1:123456789012:other"), call)).toBe("implicit-deny");
    expect(decide(from("ArnLike", "*"), send)).toBe("implicit-deny");
  });

  it("lets in only the principal it names", () => {
    const policy = [
      allow(["sqs:*"], [queue], { principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }] }),
    ];
    const as = (identifier: string) => ({ ...send, principal: { type: "Service", identifier } });
    expect(decide(policy, as("sns.amazonaws.com"))).toBe("allow");
    expect(decide(policy, as("events.amazonaws.com"))).toBe("implicit-deny");
    expect(decide(policy, send)).toBe("implicit-deny");
  });

  it("lets in every identity of an account that it names, and none of another", () => {
    const as = (account: string) => ({
      ...send,
      principal: { type: "AWS", identifier: `arn:aws:iam::${account}:role/consumer` },
    });
    for (const identifier of ["123456789012", "arn:aws:iam::123456789012:root"]) {
      const policy = [allow(["sqs:*"], [queue], { principals: [{ type: "AWS", identifiers: [identifier] }] })];
      expect(decide(policy, as("123456789012"))).toBe("allow");
      expect(decide(policy, as("999999999999"))).toBe("implicit-deny");
    }
  });

  it("with NotAction covers every other action, with NotResource every other resource", () => {
    const others: PolicyStatement = { effect: "Allow", actions: [], notActions: ["sqs:Receive*"], resources: [queue] };
    expect(decide([others], send)).toBe("allow");
    expect(decide([others], { ...send, action: "sqs:ReceiveMessage" })).toBe("implicit-deny");
    const elsewhere: PolicyStatement = { effect: "Deny", actions: ["*"], resources: [], notResources: [queue] };
    expect(decide([allow(["*"], ["*"]), elsewhere], send)).toBe("allow");
    expect(decide([allow(["*"], ["*"]), elsewhere], { ...send, resource: `${queue}-other` })).toBe("explicit-deny");
  });

  it("that says who may assume a role names no resource", () => {
    const trust = [allow(["sts:AssumeRole"], [], { principals: [{ type: "Service", identifiers: ["lambda.x"] }] })];
    const assume = { action: "sts:AssumeRole", principal: { type: "Service", identifier: "lambda.x" }, context: {} };
    expect(decide(trust, assume)).toBe("allow");
    expect(decide(trust, { ...assume, principal: { type: "Service", identifier: "ec2.x" } })).toBe("implicit-deny");
    expect(() => decide(trust, send)).toThrow("no resources");
  });
});

describe("a statement that is not understood", () => {
  it.each([
    ["an operator", { conditions: { IpAddress: { "aws:SourceArn": ["10.0.0.0/8"] } } }, "condition operator IpAddress"],
    [
      "a key",
      { conditions: { StringEquals: { "dynamodb:LeadingKeys": ["a"] } } },
      "condition key dynamodb:LeadingKeys",
    ],
    ["a variable", { resources: [`arn:aws:sqs:*:*:${"$"}{aws:username}`] }, "policy variable"],
    ["an element", { notPrincipals: ["*"] }, "notPrincipals"],
    ["both kinds of action", { notActions: ["sqs:*"] }, "both Action and NotAction"],
    ["both kinds of resource", { notResources: ["*"] }, "both Resource and NotResource"],
    [
      "a variable in a condition",
      { conditions: { StringEquals: { "aws:SourceArn": [`${"$"}{aws:username}`] } } },
      "policy variable",
    ],
    ["nothing to act on", { actions: [] }, "no actions"],
  ])("because of %s is named", (_, more, problem) => {
    const statement = { ...allow(["sqs:SendMessage"], [queue]), ...more };
    expect(misunderstood(statement).join()).toContain(problem);
    expect(() => decide([allow(["*"], ["*"]), statement], send)).toThrow(problem);
  });

  it("is not one of plain allows and denies", () => {
    expect(misunderstood(allow(["sqs:*"], ["*"], { conditions: { ArnLike: { "AWS:SourceArn": ["*"] } } }))).toEqual([]);
  });
});
