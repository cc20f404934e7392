import {
  DescribeReplayCommand,
  ListArchivesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  StartReplayCommand,
  type StartReplayCommandInput,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, sideBySide, startTarget } from "./behaviour.ts";
import { messagesOf, refusalOf } from "./messages.ts";
import { documented, pages, recorded } from "./row.ts";
import type { Target } from "./topology.ts";

/* Archives are made from the graph by the local gateway only; the other targets have none to ask. */
const targets = ["embedded"] as const;

const names = ["marked", "window", "named", "again"];
let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => {
    const { queue, queueArn, rule } = build;
    return {
      buses: [build.bus("bus"), build.bus("another")],
      archives: [build.archive("archive", "bus")],
      queues: [...names, "beside"].map((name) => queue(name)),
      rules: [
        ...names.map((name) => rule("bus", name, { source: [name] }, [{ arn: queueArn(name) }])),
        rule("bus", "beside", { source: ["named"] }, [{ arn: queueArn("beside") }]),
      ],
    };
  });
});
afterAll(() => target?.stop());
const { receive, takeOne, take } = messagesOf(() => target);
const area = "EventBridge" as const;
const recording = (test: string, date: string) => recorded("events/test_archive_and_replay", test, date);

const bus = () => target.graph.buses.find(({ name }) => name === "bus");
const put = (Source: string, ...entries: Partial<PutEventsRequestEntry>[]) =>
  target.events.send(
    new PutEventsCommand({
      Entries: entries.map((entry) => ({
        EventBusName: bus()?.busName,
        Source,
        DetailType: "order.changed",
        Detail: JSON.stringify({ state: "done" }),
        ...entry,
      })),
    }),
  );
/** Each row has a day of its own, far from the others'. */
const at = (time: string) => new Date(`${time}Z`);
const replay = (ReplayName: string, day: string, more: Partial<StartReplayCommandInput> = {}) =>
  target.events.send(
    new StartReplayCommand({
      ReplayName,
      EventSourceArn: target.graph.archives[0]?.arn,
      EventStartTime: at(`${day}T00:00:00`),
      EventEndTime: at(`${day}T23:59:59`),
      Destination: { Arn: bus()?.arn },
      ...more,
    }),
  );
async function ended(ReplayName: string) {
  for (const deadline = Date.now() + 10_000; ; ) {
    const now = await target.events.send(new DescribeReplayCommand({ ReplayName }));
    if (now.State !== "STARTING" && now.State !== "RUNNING") return now;
    if (Date.now() > deadline) throw new Error(`Replay ${ReplayName} is still ${now.State}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

sideBySide(
  {
    id: "events.archive.replay",
    area,
    says: "A replay puts what an archive kept before the rules of its bus again, in the same envelope with replay-name before the resources.",
    docs: pages.replay,
    evidence: recording("test_start_list_describe_canceled_replay", "2024-05-22"),
    targets,
  },
  async () => {
    await put("marked", { Time: at("2020-01-01T10:00:00"), Resources: ["arn:a"] });
    const original = JSON.parse((await takeOne("marked")).Body ?? "");
    expect(await replay("marked", "2020-01-01", { Description: "once more" })).toMatchObject({
      State: "STARTING",
      ReplayArn: `arn:aws:events:${target.region}:${target.account}:replay/marked`,
      ReplayStartTime: expect.any(Date),
    });
    const again = JSON.parse((await takeOne("marked")).Body ?? "");
    const { id: _, ...rest } = original;
    expect(again).toEqual({ ...rest, id: expect.any(String), "replay-name": "marked" });
    expect(Object.keys(again).slice(-3)).toEqual(["replay-name", "resources", "detail"]);
    expect(await ended("marked")).toMatchObject({
      ReplayName: "marked",
      State: "COMPLETED",
      Description: "once more",
      Destination: { Arn: bus()?.arn },
      EventStartTime: at("2020-01-01T00:00:00"),
      EventEndTime: at("2020-01-01T23:59:59"),
      EventLastReplayedTime: at("2020-01-01T10:00:00"),
      ReplayEndTime: expect.any(Date),
    });
  },
);

sideBySide(
  {
    id: "events.archive.window",
    area,
    says: "A replay is of the events whose own time is from its start to before its end.",
    docs: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Replay.html",
    evidence: documented,
    targets,
  },
  async () => {
    const times = ["09:59:59", "10:00:00", "10:30:00", "11:00:00"].map((time) => `2020-02-01T${time}`);
    await put("window", ...times.map((time) => ({ Time: at(time) })));
    await take("window", 4);
    await replay("window", "2020-02-01", {
      EventStartTime: at("2020-02-01T10:00:00"),
      EventEndTime: at("2020-02-01T11:00:00"),
    });
    const replayed = (await take("window", 2)).map(({ Body = "" }) => JSON.parse(Body).time);
    expect(replayed).toEqual(["2020-02-01T10:00:00Z", "2020-02-01T10:30:00Z"]);
    await ended("window");
    expect(await receive("window", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "events.archive.rules",
    area,
    says: "A replay that names rules in FilterArns goes to those and to no other.",
    docs: pages.replay,
    evidence: documented,
    targets,
  },
  async () => {
    await put("named", { Time: at("2020-03-01T10:00:00") });
    await Promise.all([takeOne("named"), takeOne("beside")]);
    const rule = target.graph.rules.find(({ name }) => name === "beside")?.arn ?? "";
    await replay("named", "2020-03-01", { Destination: { Arn: bus()?.arn, FilterArns: [rule] } });
    expect((await ended("named")).Destination?.FilterArns).toEqual([rule]);
    expect(JSON.parse((await takeOne("beside")).Body ?? "")["replay-name"]).toBe("named");
    expect(await receive("named", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "events.archive.again",
    area,
    says: "What is replayed is not kept a second time: the next replay brings each event once.",
    docs: pages.archive,
    evidence: documented,
    targets,
  },
  async () => {
    await put("again", { Time: at("2020-04-01T10:00:00") });
    await takeOne("again");
    for (const name of ["again-1", "again-2", "again-3"]) {
      await replay(name, "2020-04-01");
      await ended(name);
      expect(JSON.parse((await takeOne("again")).Body ?? "")["replay-name"]).toBe(name);
      expect(await receive("again", { WaitTimeSeconds: 0 })).toEqual([]);
    }
  },
);

sideBySide(
  {
    id: "events.archive.refused",
    area,
    says: "A replay is refused to a bus that is not the archive's or not there, from an archive that is not there, by a name that was used, and when it ends before it starts.",
    docs: pages.replay,
    evidence: recording(
      "test_start_replay_error_unknown_event_bus, …_unknown_archive, …_duplicate, …_invalid_end_time",
      "2024-05-22",
    ),
    targets,
  },
  async () => {
    const day = "2020-05-01";
    const refused = (name: string, more: Partial<StartReplayCommandInput>) => refusalOf(replay(name, day, more));
    const arn = (what: string) => `arn:aws:events:${target.region}:${target.account}:${what}`;
    expect(await refused("a", { Destination: { Arn: arn("event-bus/no-such-bus") } })).toEqual({
      code: "ResourceNotFound",
      message: "Event bus no-such-bus does not exist.",
    });
    const another = target.graph.buses.find(({ name }) => name === "another")?.arn;
    expect(await refused("b", { Destination: { Arn: another } })).toEqual({
      code: "Validation",
      message: "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
    });
    expect(await refused("c", { EventSourceArn: arn("archive/no-such-archive") })).toEqual({
      code: "Validation",
      message: "Parameter EventSourceArn is not valid. Reason: Archive no-such-archive does not exist.",
    });
    for (const seconds of [0, 10]) {
      expect(await refused("d", { EventEndTime: new Date(at(`${day}T00:00:00`).getTime() - seconds * 1000) })).toEqual({
        code: "Validation",
        message: "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
      });
    }
    await replay("e", day);
    expect(await refused("e", {})).toEqual({ code: "ResourceAlreadyExists", message: "Replay e already exists." });
  },
);

sideBySide(
  {
    id: "events.archive.list",
    area,
    says: "Archives are listed by their bus; a bus that does not exist is an error.",
    docs: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListArchives.html",
    evidence: recording("test_list_archive_with_source_arn, test_list_archive_error_unknown_source_arn", "2024-05-17"),
    targets,
  },
  async () => {
    const list = (EventSourceArn = "") => target.events.send(new ListArchivesCommand({ EventSourceArn }));
    expect((await list(bus()?.arn)).Archives).toMatchObject([
      { ArchiveName: target.graph.archives[0]?.archiveName, EventSourceArn: bus()?.arn, State: "ENABLED" },
    ]);
    expect(await refusalOf(list(`${bus()?.arn}-gone`))).toEqual({
      code: "ResourceNotFound",
      message: `Event bus ${bus()?.busName}-gone does not exist.`,
    });
  },
);

behaviour({
  id: "events.archive.delay",
  area,
  says: "An event is in the archive some time after it was put: a replay should wait ten minutes. A replay itself takes minutes.",
  docs: pages.archive,
  evidence: documented,
  unchecked: "Here an event is in the archive before PutEvents answers, and a replay takes as long as its deliveries.",
});
