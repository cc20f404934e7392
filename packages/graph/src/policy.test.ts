import { expect, test } from "vitest";
import { parsePolicy, policyDocument } from "./policy.ts";

test("statements come back from the policy they were written to", () => {
  const json = policyDocument([
    {
      actions: ["sqs:SendMessage"],
      resources: ["arn:aws:sqs:us-east-1:123456789012:q"],
      principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
      conditions: [
        { test: "ArnEquals", variable: "aws:SourceArn", values: ["arn:topic"] },
        { test: "ArnEquals", variable: "aws:PrincipalArn", values: ["arn:role"] },
        { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
      ],
    },
    { effect: "Deny", actions: ["sqs:*"], resources: ["*"] },
  ]);
  expect(parsePolicy(json)).toEqual([
    {
      effect: "Allow",
      actions: ["sqs:SendMessage"],
      resources: ["arn:aws:sqs:us-east-1:123456789012:q"],
      principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
      conditions: {
        ArnEquals: { "aws:SourceArn": ["arn:topic"], "aws:PrincipalArn": ["arn:role"] },
        Bool: { "aws:SecureTransport": ["true"] },
      },
    },
    { effect: "Deny", actions: ["sqs:*"], resources: ["*"] },
  ]);
});

test("single values and a single statement are read as lists", () => {
  const policy = { Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: "*" } };
  expect(parsePolicy(policy)).toEqual([
    { effect: "Allow", actions: ["s3:GetObject"], resources: ["*"], principals: [{ type: "*", identifiers: ["*"] }] },
  ]);
});

test("no policy has no statements", () => {
  expect(parsePolicy(undefined)).toEqual([]);
});

test("NotAction and NotResource are read", () => {
  const policy = { Statement: { Effect: "Deny", NotAction: "s3:*", NotResource: ["arn:aws:s3:::kept"] } };
  expect(parsePolicy(policy)).toEqual([
    { effect: "Deny", actions: [], notActions: ["s3:*"], resources: [], notResources: ["arn:aws:s3:::kept"] },
  ]);
});

test("a statement with NotPrincipal or an unknown effect is refused", () => {
  const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  expect(() => parsePolicy({ Statement: { ...statement, NotPrincipal: "*" } })).toThrow(
    "NotPrincipal is not understood",
  );
  expect(() => parsePolicy({ Statement: { ...statement, Effect: "allow" } })).toThrow("must be Allow or Deny");
});
