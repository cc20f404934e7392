import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { graphOf, ofType } from "./stage.ts";

describe("rights in the production graph", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });

  test("a function may do exactly what its work needs, on exactly the resources it needs", () => {
    const short = (arn: string) =>
      arn.replace(/^arn:aws:(\w+):[^:]*:[^:]*:/, "$1:").replace("appointments-production-", "");
    const rights = Object.fromEntries(
      graph.functions.map((fn) => [
        fn.name,
        fn.statements.map(
          (statement) => `${statement.actions.join(" ")} → ${statement.resources.map(short).join(" ")}`,
        ),
      ]),
    );
    expect(rights).toMatchInlineSnapshot(`
      {
        "appointment": [
          "dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem → dynamodb:table/AppointmentsTable",
          "sns:Publish → sns:RequestedTopic",
        ],
        "appointmentCl": [
          "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility → sqs:SQSCLQueue",
          "sqs:SendMessage → sqs:SQSCLDLQQueue",
          "events:PutEvents → events:event-bus/BusBus",
        ],
        "appointmentPe": [
          "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility → sqs:SQSPEQueue",
          "sqs:SendMessage → sqs:SQSPEDLQQueue",
          "events:PutEvents → events:event-bus/BusBus",
        ],
        "confirmation": [
          "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility → sqs:SQSCONFIRMATIONQueue",
          "sqs:SendMessage → sqs:SQSCONFIRMATIONDLQQueue",
          "dynamodb:GetItem dynamodb:UpdateItem → dynamodb:table/AppointmentsTable",
        ],
        "migrateCl": [],
        "migratePe": [],
        "reconcile": [
          "dynamodb:Query → dynamodb:table/AppointmentsTable/index/pending",
          "dynamodb:UpdateItem → dynamodb:table/AppointmentsTable",
          "sns:Publish → sns:RequestedTopic",
        ],
      }
    `);
  });

  test("nothing is granted by wildcard, in an action or in a resource", () => {
    for (const fn of graph.functions) {
      for (const statement of fn.statements) {
        for (const item of [...statement.actions, ...statement.resources]) expect(item, fn.name).not.toContain("*");
      }
    }
  });

  test("managed policies are only those that write logs and join the VPC", () => {
    const allowed = ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"];
    for (const fn of graph.functions) {
      for (const policy of fn.managedPolicies) expect(allowed, fn.name).toContain(policy.split("/").at(-1));
    }
  });

  test("a function sees what it is linked to, and a country's database is linked to that country's functions only", () => {
    const links = Object.fromEntries(graph.functions.map((fn) => [fn.name, [...fn.links].sort()]));
    expect(links).toEqual({
      appointment: ["Appointments", "Requested"],
      appointmentPe: ["Bus", "DatabasePe", "SQS_PE", "SQS_PE_DLQ"],
      appointmentCl: ["Bus", "DatabaseCl", "SQS_CL", "SQS_CL_DLQ"],
      migratePe: ["DatabasePe"],
      migrateCl: ["DatabaseCl"],
      confirmation: ["Appointments", "SQS_CONFIRMATION", "SQS_CONFIRMATION_DLQ"],
      reconcile: ["Appointments", "Requested"],
    });
  });

  test("every function runs on arm64 with Node 24 and logs JSON", () => {
    for (const fn of graph.functions) {
      expect([fn.runtime, fn.architectures], fn.name).toEqual(["nodejs24.x", ["arm64"]]);
    }
    for (const fn of ofType(graph, "aws:lambda/function:Function")) {
      expect(fn.inputs.loggingConfig, fn.name).toMatchObject({ logFormat: "JSON" });
    }
  });
});
