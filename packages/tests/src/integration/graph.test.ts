import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { copyRepository, type RepositoryCopy } from "../repository.ts";
import { clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { eventually, startTestSystem, type TestSystem } from "./system.ts";

describe("the running system is what sst.config.ts says", () => {
  let copy: RepositoryCopy;
  let system: TestSystem | undefined;
  beforeAll(async () => {
    copy = await copyRepository();
    await copy.surround(
      `
    const { topicToQueue } = await import("./packages/infra/src/delivery.ts");
    const { queueWithDlq } = await import("./packages/infra/src/queue.ts");
    let arn;
    $transform(aws.sns.TopicSubscription, (args) => { arn ??= args.topic; });
    $transform(sst.aws.Function, (args, _, name) => {
      if (name !== "appointment") return;
      args.permissions = args.permissions.map(({ actions, ...rest }) => ({
        ...rest,
        actions: actions.filter((action) => action !== "dynamodb:Query"),
      }));
    });`,
      `
    const audit = queueWithDlq("SQS_AUDIT", { consumerTimeoutSeconds: 10, maxReceiveCount: 5 });
    topicToQueue("RequestedAudit", { arn }, audit, { countryISO: ["PE", "CL"] });`,
    );
    system = await startTestSystem({ root: copy.root });
  });
  afterAll(async () => {
    await system?.remove();
    await copy.remove();
  });

  test("a queue that is added there exists here, and gets what is sent to it", async () => {
    if (!system) throw new Error("not started");
    const operator = operatorOf(system);
    const { appointmentId } = await clientOf(system).book({ insuredId: "00001", scheduleId: 1, countryISO: "CL" });
    const [message] = await operator.receive("SQS_AUDIT", 1);
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({ type: "appointment.requested.v1", subject: appointmentId });
    operator.close();
  });

  test("an action that is removed from a function's permissions is denied to that function", async () => {
    const running = system;
    if (!running) throw new Error("not started");
    const response = await clientOf(running).get("/appointments/00001");
    expect(response.status).toBeGreaterThanOrEqual(500);
    const denied = await eventually("the refused call is on record", () =>
      running.gateway.recent().find(({ action }) => action === "Query"),
    );
    expect(denied).toMatchObject({ function: "appointment", service: "dynamodb", errorCode: "AccessDeniedException" });
    expect(JSON.stringify(running.logged)).toContain("denied: appointment dynamodb:Query");
    expect(await insuredInLogsOf(running)).toEqual([]);
  });
});
