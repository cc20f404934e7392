import { expect, test, vi } from "vitest";
import { callerLimit, sourceQueue } from "./environment.ts";

vi.stubEnv("SST_RESOURCE_App", '{"name":"test","stage":"test"}');
vi.stubEnv("SST_RESOURCE_SQS_PE", '{"url":"https://sqs/pe"}');
vi.stubEnv("SST_RESOURCE_SQS_PE_DLQ", '{"url":"https://sqs/pe-dlq"}');

test("a consumer's queue and its dead letters follow from QUEUE", () => {
  expect(sourceQueue({ QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "5" })).toEqual({
    name: "SQS_PE",
    url: "https://sqs/pe",
    deadLetterUrl: "https://sqs/pe-dlq",
    maxReceiveCount: 5,
  });
});

test.each(["1", "10", "9999"])("%s deliveries are a number of deliveries", (text) => {
  expect(sourceQueue({ QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: text }).maxReceiveCount).toBe(Number(text));
});

test("a queue that is not linked is named", () => {
  expect(() => sourceQueue({ QUEUE: "SQS_CL", MAX_RECEIVE_COUNT: "5" })).toThrow(/SQS_CL.*not linked/);
});

test.each([
  {},
  { QUEUE: "SQS_XX", MAX_RECEIVE_COUNT: "5" },
  { QUEUE: "SQS_PE" },
  { QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "0" },
  { QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "05" },
  { QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "many" },
  { QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "5 times" },
  { QUEUE: "SQS_PE", MAX_RECEIVE_COUNT: "10000" },
])("%j: the message says what to set", (env) => {
  const message = expect.stringMatching(/QUEUE to one of SQS_PE, SQS_CL, SQS_CONFIRMATION.*MAX_RECEIVE_COUNT/);
  expect(() => sourceQueue(env)).toThrow(expect.objectContaining({ code: "configuration_invalid", message }));
});

test("the limit of callers is what the environment says, and must be said", () => {
  expect(callerLimit({ CALLER_PER_SECOND: "50", CALLER_BURST: "100" })).toEqual({ perSecond: 50, burst: 100 });
  for (const env of [
    {},
    { CALLER_PER_SECOND: "0", CALLER_BURST: "1" },
    { CALLER_PER_SECOND: "1", CALLER_BURST: "many" },
  ]) {
    expect(() => callerLimit(env)).toThrow(/CALLER_PER_SECOND and CALLER_BURST/);
  }
});
