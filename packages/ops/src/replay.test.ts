import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commandOf } from "./command.ts";
import { readOptions } from "./options.ts";
import { openSite } from "./site.ts";

/* What AWS may answer and the local system does not: a replay that takes long, fails, or has nothing to start from. */

const busArn = "arn:aws:events:us-east-1:123456789012:event-bus/the-bus";
/** With a `status`, an error. */
type Answer = { status?: number } & Record<string, unknown>;
const answers: Record<string, Answer[]> = {};
let asked: { action: string; params: Record<string, unknown> }[] = [];
let server: Server;
let endpoint: string;
beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const action = String(incoming.headers["x-amz-target"]).split(".")[1] ?? "";
    asked.push({ action, params: JSON.parse(Buffer.concat(chunks).toString()) });
    const [answer = {}] = answers[action] ?? [];
    if ((answers[action]?.length ?? 0) > 1) answers[action]?.shift();
    outgoing.writeHead(answer.status ?? 200, { "content-type": "application/x-amz-json-1.1" });
    outgoing.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  Object.assign(answers, {
    ListArchives: [{ Archives: [{ ArchiveName: "kept" }] }],
    GetQueueAttributes: [{ Attributes: { QueueArn: "arn:aws:sqs:us-east-1:123456789012:confirmation" } }],
    ListRuleNamesByTarget: [{ RuleNames: ["decided"] }],
    StartReplay: [{ State: "STARTING" }],
    DescribeReplay: [{ State: "COMPLETED" }],
  });
});

async function ops(line: string) {
  const site = openSite(
    "a test",
    {
      queueUrl: () => `${endpoint}/123456789012/confirmation`,
      deadLetterUrl: () => `${endpoint}/123456789012/dead`,
      tableName: () => "none",
      topicArn: () => "none",
      busName: () => "the-bus",
      busArn: () => busArn,
      lookupFunction: () => undefined,
      eraseFunction: () => undefined,
      databaseUrl: () => "none",
    },
    { endpoint, region: "us-east-1", credentials: { accessKeyId: "K", secretAccessKey: "S" } },
  );
  const out: string[] = [];
  const note: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (text: string) => note.push(text) };
  const { values, positionals } = readOptions(line.split(" "));
  try {
    const code = await commandOf(positionals, values)(site, terminal);
    return { code, out: out.join("\n"), note: note.join("\n") };
  } finally {
    await site.close();
  }
}

test("it asks for the bus's archive, the time, and the rules of the confirmation alone", async () => {
  expect((await ops("replay --since 2026-11-24T06:00:00Z --until 2026-11-24T07:00:00+00:00")).code).toBe(0);
  expect(asked.find(({ action }) => action === "ListRuleNamesByTarget")?.params).toEqual({
    TargetArn: "arn:aws:sqs:us-east-1:123456789012:confirmation",
    EventBusName: "the-bus",
  });
  expect(asked.find(({ action }) => action === "StartReplay")?.params).toMatchObject({
    EventSourceArn: "arn:aws:events:us-east-1:123456789012:archive/kept",
    EventStartTime: Date.UTC(2026, 10, 24, 6) / 1000,
    EventEndTime: Date.UTC(2026, 10, 24, 7) / 1000,
    Destination: { Arn: busArn, FilterArns: ["arn:aws:events:us-east-1:123456789012:rule/the-bus/decided"] },
  });
});

test("it looks until the replay has ended, and says how far it is", async () => {
  const EventLastReplayedTime = Date.UTC(2026, 10, 24, 6, 30) / 1000;
  const states = [{ State: "STARTING" }, { State: "RUNNING", EventLastReplayedTime }, { State: "COMPLETED" }];
  answers.DescribeReplay = [...states];
  const { code, note } = await ops("replay --since 2026-11-24");
  expect(code).toBe(0);
  expect(note).toMatch(/STARTING.*RUNNING, at 2026-11-24T06:30:00.000Z.*COMPLETED/s);
});

test("one that has not ended in time goes on: exit code 1, and how to look at it", async () => {
  answers.DescribeReplay = [{ State: "RUNNING" }];
  const { code, out, note } = await ops("replay --since 2026-11-24 --wait 0");
  expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/is RUNNING.*; none yet$/) });
  expect(note).toMatch(/It goes on; aws events describe-replay --replay-name ops-\d{17}-/);
});

test("the answer to its start gets lost: it was started once, and is waited for", async () => {
  answers.StartReplay = [{ status: 500 }, { status: 400, __type: "ResourceAlreadyExistsException" }];
  expect((await ops("replay --since 2026-11-24")).code).toBe(0);
  const names = asked.flatMap(({ action, params }) => (action === "StartReplay" ? [params.ReplayName] : []));
  expect(names).toHaveLength(2);
  expect(asked.at(-1)).toEqual({ action: "DescribeReplay", params: { ReplayName: names[0] } });
});

test("one that somebody cancelled does not go on, and is not done", async () => {
  const EventLastReplayedTime = Date.UTC(2026, 10, 24, 6, 30) / 1000;
  answers.DescribeReplay = [{ State: "CANCELLED", EventLastReplayedTime }];
  const { code, out, note } = await ops("replay --since 2026-11-24");
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining("the last is of 2026-11-24T06:30:00.000Z") });
  expect(note).toContain("cancelled it");
  expect(note).not.toContain("It goes on");
});

test.each([
  ["it failed", { DescribeReplay: [{ State: "FAILED", StateReason: "the reason" }] }, "failed: the reason"],
  ["there is no archive", { ListArchives: [{ Archives: [] }] }, "has no archive"],
  [
    "there are two archives",
    { ListArchives: [{ Archives: [{ ArchiveName: "one" }, { ArchiveName: "two" }] }] },
    "more than one archive: one, two",
  ],
  ["no rule leads to the confirmation", { ListRuleNamesByTarget: [{ RuleNames: [] }] }, "No rule of the bus"],
])("%s: it says so", async (_, other, said) => {
  Object.assign(answers, other);
  await expect(ops("replay --since 2026-11-24")).rejects.toThrow(said);
});
