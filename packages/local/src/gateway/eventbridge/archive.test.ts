import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  ListReplaysCommand,
  ListRuleNamesByTargetCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  StartReplayCommand,
  type StartReplayCommandInput,
} from "@aws-sdk/client-eventbridge";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually, type Services, startServices } from "../../testing/services.ts";
import { archiveArn, arn, busArn, fixtureGraph, ruleArn } from "../../testing/shop.ts";

const graph = fixtureGraph();
const [rule] = graph.rules;
const [, , queue] = graph.queues;
// For ever, so that a test can choose its time.
for (const archive of graph.archives) delete archive.retentionDays;
if (!rule || !queue) throw new Error("the fixture has changed");
const otherArn = ruleArn.replace("shop-shipped", "shop-other");
graph.rules.push({ ...rule, name: "other", ruleName: "shop-other", arn: otherArn });
queue.policy = queue.policy.map((each) => ({
  ...each,
  conditions: { ArnLike: { "aws:SourceArn": [ruleArn.replace("shop-shipped", "*")] } },
}));

describe("the archive of a bus", () => {
  let folder: string;
  let system: Services;
  let count = 0;
  const start = () => startServices(graph, { archiveFolder: folder });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "archive-"));
    system = await start();
  });
  afterAll(async () => {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => void count++);

  const events = () => system.clients("operator").events;
  const put = (...entries: Partial<PutEventsRequestEntry>[]) =>
    events().send(
      new PutEventsCommand({
        Entries: entries.map((entry) => ({
          EventBusName: "shop-bus",
          Source: "shop",
          DetailType: "order.changed",
          Detail: JSON.stringify({ state: "shipped", count }),
          ...entry,
        })),
      }),
    );
  const kept = async () =>
    (await events().send(new DescribeArchiveCommand({ ArchiveName: "shop-archive" }))).EventCount;
  const replay = (ReplayName: string, more: Partial<StartReplayCommandInput> = {}) =>
    events().send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: archiveArn,
        EventStartTime: new Date(0),
        EventEndTime: new Date(Date.now() + 60_000),
        Destination: { Arn: busArn },
        ...more,
      }),
    );
  const ended = (ReplayName: string) =>
    eventually(async () => {
      const now = await events().send(new DescribeReplayCommand({ ReplayName }));
      return now.State !== "STARTING" && now.State !== "RUNNING" && now;
    });
  /** What both rules put into their one queue. */
  async function delivered(): Promise<Record<string, unknown>[]> {
    const { sqs } = system.clients("operator");
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue?.url, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue?.url, ReceiptHandle }));
    return Messages.map(({ Body = "" }) => JSON.parse(Body));
  }

  it("keeps what the bus took, also what no rule wants, and nothing that it refused", async () => {
    const before = (await kept()) ?? 0;
    await put({}, { Detail: "no JSON" }, { Source: "nobody" }, { EventBusName: "gone" });
    expect(await kept()).toBe(before + 2);
    await delivered();
  });

  it("replays to all rules, or to those that are named, with the replay's name, and keeps none of it again", async () => {
    const Time = new Date("2001-01-01T10:00:00Z");
    const window = { EventStartTime: Time, EventEndTime: new Date("2001-01-01T10:00:01Z") };
    await put({ Time }, { Time: new Date("2001-01-01T10:00:01Z") });
    const originals = await delivered();
    expect(originals).toHaveLength(4);
    const before = await kept();

    expect(await replay("all", window)).toMatchObject({ State: "STARTING" });
    expect(await ended("all")).toMatchObject({
      State: "COMPLETED",
      EventLastReplayedTime: Time,
    });
    const [first, second, ...more] = await delivered();
    expect(first).toMatchObject({
      "replay-name": "all",
      time: "2001-01-01T10:00:00Z",
      detail: { state: "shipped", count },
    });
    expect(Object.keys(first ?? {})).toEqual([
      ...["version", "id", "detail-type", "source", "account", "time", "region", "replay-name", "resources", "detail"],
    ]);
    expect([second?.["replay-name"], more]).toEqual(["all", []]);

    await replay("one", { ...window, Destination: { Arn: busArn, FilterArns: [otherArn] } });
    expect(await ended("one")).toMatchObject({ Destination: { Arn: busArn, FilterArns: [otherArn] } });
    expect(await delivered()).toHaveLength(1);
    expect(await kept()).toBe(before);
  });

  it("is there when the gateway starts again", async () => {
    await put({});
    const before = await kept();
    await system.stop();
    system = await start();
    expect(await kept()).toBe(before);
  });

  it("is found by its bus, and the rules by their target", async () => {
    const { Archives } = await events().send(new ListArchivesCommand({ EventSourceArn: busArn }));
    expect(Archives).toMatchObject([{ ArchiveName: "shop-archive", EventSourceArn: busArn, State: "ENABLED" }]);
    const byTarget = (TargetArn: string) =>
      events().send(new ListRuleNamesByTargetCommand({ TargetArn, EventBusName: "shop-bus" }));
    expect((await byTarget(arn("sqs", "shop-shipped"))).RuleNames).toEqual(["shop-shipped", "shop-other"]);
    expect((await byTarget(arn("sqs", "shop-work"))).RuleNames).toEqual([]);
  });

  it("lists replays, and cancels none that has ended", async () => {
    await replay("ends", { EventEndTime: new Date(1) });
    await ended("ends");
    const { Replays } = await events().send(new ListReplaysCommand({ NamePrefix: "en", EventSourceArn: archiveArn }));
    expect(Replays).toMatchObject([{ ReplayName: "ends", State: "COMPLETED" }]);
    await expect(events().send(new CancelReplayCommand({ ReplayName: "ends" }))).rejects.toMatchObject({
      name: "IllegalStatusException",
    });
  });

  it("lets no function replay that may not", async () => {
    const { events } = system.clients("producer");
    const started = events.send(
      new StartReplayCommand({
        ReplayName: "stolen",
        EventSourceArn: archiveArn,
        EventStartTime: new Date(0),
        EventEndTime: new Date(1),
        Destination: { Arn: busArn },
      }),
    );
    await expect(started).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(archiveArn),
    });
  });
});
