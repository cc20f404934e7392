import { captureLog } from "@appointments/tests/kit/capture";
import { startMessaging, startTable } from "@appointments/tests/kit/emulator";
import { startEventBus } from "@appointments/tests/kit/event-bus";
import { startMysql } from "@appointments/tests/kit/mysql";
import type { Context } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { asAdmin } from "./testing/caller.ts";
import { batchOf, delivered, record } from "./testing/messages.ts";

/* Each entry file as Lambda starts it: what it works with is only in its environment. */

let world: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  world = await start();
});
afterAll(async () => {
  await world?.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
beforeEach(() => void captureLog());

interface Client {
  config: { endpoint?: () => Promise<{ protocol: string; hostname: string; port?: number }> };
}

async function urlOf({ config }: Client): Promise<string> {
  const at = await config.endpoint?.();
  return `${at?.protocol}//${at?.hostname}:${at?.port}`;
}

async function start() {
  const [{ table, stop }, messaging, bus, mysql] = await Promise.all([
    startTable(),
    startMessaging(),
    startEventBus(),
    startMysql(),
  ]);
  const { url } = await mysql.countryDatabase("PE");
  const { topicArn, queueUrl } = await messaging.topicInto("requested", "requests");
  const links = {
    App: {},
    Appointments: { name: table.name },
    Requested: { arn: topicArn },
    CursorSecret: { value: "of-tests-and-of-no-stage-whatsoever" },
    Bus: { name: "Bus", arn: "arn:aws:events:us-east-1:123456789012:event-bus/Bus" },
    DatabasePe: { url },
    SQS_PE: { url: queueUrl },
    SQS_PE_DLQ: { url: queueUrl },
    SQS_CONFIRMATION: { url: queueUrl },
    SQS_CONFIRMATION_DLQ: { url: queueUrl },
  };
  const environment = {
    ...Object.fromEntries(Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)])),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: await urlOf(table.client),
    AWS_ENDPOINT_URL_SNS: await urlOf(messaging.sns),
    AWS_ENDPOINT_URL_SQS: await urlOf(messaging.sqs),
    AWS_ENDPOINT_URL_EVENTBRIDGE: await urlOf(bus.client),
    MAX_RECEIVE_COUNT: "5",
    CALLER_PER_SECOND: "50",
    CALLER_BURST: "100",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return {
    bus,
    requests: () => messaging.bodies("requests"),
    stop: () => Promise.all([stop(), messaging.stop(), bus.stop(), mysql.stop()]),
  };
}

async function api(method: string, path: string, body?: object) {
  const { handler } = await import("./appointment.ts");
  const event = {
    version: "2.0",
    routeKey: "$default",
    headers: { "content-type": "application/json" },
    rawPath: path,
    rawQueryString: "",
    body: body && JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      ...asAdmin.requestContext,
      http: { method, path },
      requestId: "1",
      domainName: "api.example.com",
    },
  };
  // An event has more than the handler reads.
  const { statusCode, body: answer } = await handler(event as never);
  return { statusCode, ...JSON.parse(answer) };
}

test("what is booked goes through all functions, each with what its environment names", async () => {
  const booked = await api("POST", "/appointments", { insuredId: "00042", scheduleId: 7, countryISO: "PE" });
  expect(booked).toMatchObject({ statusCode: 202, status: "pending" });

  vi.stubEnv("COUNTRY", "PE");
  vi.stubEnv("QUEUE", "SQS_PE");
  const country = await import("./appointmentCountry.ts");
  const batch = batchOf(...world.requests().map((body) => record(body)));
  expect(await country.handler(batch)).toEqual({ batchItemFailures: [] });
  expect(world.bus.state.taken).toMatchObject([{ EventBusName: "Bus", DetailType: "appointment.completed.v1" }]);

  vi.stubEnv("QUEUE", "SQS_CONFIRMATION");
  const confirmation = await import("./confirmation.ts");
  const outcomes = batchOf(...world.bus.state.taken.map((entry) => record(delivered(entry))));
  expect(await confirmation.handler(outcomes)).toEqual({ batchItemFailures: [] });
  expect(await api("GET", `/appointments/00042/${booked.appointmentId}`)).toMatchObject({ status: "completed" });
});

test("the reconciler publishes again what waits, and begins no page with ten seconds or less left", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  await api("POST", "/appointments", { insuredId: "00043", scheduleId: 8, countryISO: "PE" });
  vi.useRealTimers();
  const { handler } = await import("./reconcile.ts");
  const left = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds }) as Context; // it reads no more
  const before = world.requests().length;
  expect(await handler({}, left(10_000))).toEqual({ published: 0, failed: 0 });
  expect(await handler({}, left(10_001))).toEqual({ published: 1, failed: 0 });
  expect(world.requests()).toHaveLength(before + 1);
});
