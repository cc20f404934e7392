import type { Graph } from "@appointments/graph/graph";
import { type Answer, type AwsRequest, errorAnswer, isObject, jsonAnswer, text } from "../../aws/request.ts";
import { backoffMs, pause, type ServiceLog } from "../../aws/service.ts";
import { type Archive, type Archives, type KeptEvent, nameIn, notFound } from "./archive.ts";
import type { BusEvent, DeliverEvents } from "./rule.ts";

type State = "STARTING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "CANCELLED" | "FAILED";

/** What ListReplays says of a replay. All times are seconds since 1970. */
interface Summary {
  ReplayName: string;
  EventSourceArn: string;
  State: State;
  StateReason?: string;
  EventStartTime: number;
  EventEndTime: number;
  EventLastReplayedTime?: number;
  ReplayStartTime: number;
  ReplayEndTime?: number;
}

interface Replay {
  summary: Summary;
  /** What DescribeReplay says besides. */
  details: { ReplayArn: string; Description: unknown; Destination: { Arn: string; FilterArns: string[] | undefined } };
  archive: Archive;
}

/** So often a target that does not answer is tried. */
const attempts = 5;

/**
 * EventBridge's replays of archives: puts the kept events before the rules of their bus once more, a minute of them
 * after the other, each with the replay's name in its envelope. Codes and words of errors are those of recordings of
 * AWS (2024-05-22). Replays are forgotten with this process; AWS keeps them for 90 days.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
 */
export function createReplays(options: { graph: Graph; archives: Archives; deliver: DeliverEvents; log: ServiceLog }) {
  const { graph, archives, deliver, log } = options;
  const replays = new Map<string, Replay>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function run({ archive, summary, details }: Replay): Promise<void> {
    const { EventStartTime: from, EventEndTime: until, ReplayName: name } = summary;
    const bus = nameIn(archive.busArn);
    const { FilterArns: filter } = details.Destination;
    const rules = graph.rules.filter(({ busName, arn }) => busName === bus && (filter?.includes(arn) ?? true));
    const isEnding = () => summary.State === "CANCELLING" || stopping.signal.aborted;
    try {
      if (summary.State === "STARTING") summary.State = "RUNNING";
      for await (const minute of archive.store.read(from * 1000, until * 1000)) {
        if (isEnding()) break;
        const events = minute.map((event) => renamed(event, name));
        for (const rule of rules) await deliverAll((some) => deliver(rule, some), events, stopping.signal);
        summary.EventLastReplayedTime = (minute.at(-1)?.time ?? 0) / 1000;
      }
      summary.State = isEnding() ? "CANCELLED" : "COMPLETED";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      summary.State = "FAILED";
      summary.StateReason = reason.slice(0, 512);
      log("error", `replay ${name} failed: ${reason}`);
    }
    summary.ReplayEndTime = Date.now() / 1000;
  }

  function start(request: AwsRequest): Answer {
    const replay = readStart(request, { graph, archives, replays });
    if ("status" in replay) return replay;
    const { summary, details } = replay;
    replays.set(summary.ReplayName, replay);
    const { State, ReplayStartTime } = summary;
    const answer = { ReplayArn: details.ReplayArn, State, ReplayStartTime };
    const work = run(replay).finally(() => running.delete(work));
    running.add(work);
    return jsonAnswer(request, answer);
  }

  /** CancelReplay and DescribeReplay. */
  function serveOne(request: AwsRequest): Answer {
    const name = text(request.params.ReplayName) ?? "";
    const replay = replays.get(name);
    if (replay === undefined) return notFound(request, `Replay ${name} does not exist.`);
    const { summary, details } = replay;
    if (request.action === "DescribeReplay") return jsonAnswer(request, { ...details, ...summary });
    if (summary.State !== "STARTING" && summary.State !== "RUNNING") {
      const message = `Replay ${name} is not in a valid state for this operation.`;
      return errorAnswer(request, { status: 400, code: "IllegalStatusException", message });
    }
    summary.State = "CANCELLING";
    return jsonAnswer(request, { ReplayArn: details.ReplayArn, State: summary.State });
  }

  return {
    /** StartReplay, CancelReplay, DescribeReplay and ListReplays; undefined for another call. */
    serve(request: AwsRequest): Answer | undefined {
      switch (request.action) {
        case "StartReplay":
          return start(request);
        case "CancelReplay":
        case "DescribeReplay":
          return serveOne(request);
        case "ListReplays":
          return list(request, replays);
        default:
          return undefined;
      }
    },
    /** Ends what runs, after the minute that it is at. */
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

export type Replays = ReturnType<typeof createReplays>;

/** @throws Error with the reason of a target that has not answered any of the attempts */
async function deliverAll(
  put: (events: BusEvent[]) => ReturnType<DeliverEvents>,
  events: BusEvent[],
  stopping: AbortSignal,
): Promise<void> {
  let left = events;
  for (let attempt = 1; left.length > 0; attempt++) {
    const errors = await put(left);
    const why = errors.find((error) => error !== undefined);
    left = left.filter((_, index) => errors[index] !== undefined);
    if (why !== undefined && attempt === attempts) throw new Error(why);
    if (left.length > 0) await pause(backoffMs(attempt), stopping);
  }
}

/** The replay that a StartReplay asks for, or the answer that refuses it. */
function readStart(
  request: AwsRequest,
  { graph, archives, replays }: { graph: Graph; archives: Archives; replays: Map<string, Replay> },
): Replay | Answer {
  const { params } = request;
  const refuse = (code: string, message: string) => errorAnswer(request, { status: 400, code, message });
  const invalid = (parameter: string, reason: string) =>
    refuse("ValidationException", `Parameter ${parameter} is not valid. Reason: ${reason}`);
  const { ReplayName, EventStartTime: from, EventEndTime: until } = params;
  const name = text(ReplayName) ?? "";
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) return invalid("ReplayName", "It must match [\\.\\-_A-Za-z0-9]+.");
  const destination = isObject(params.Destination) ? params.Destination : {};
  const busArn = text(destination.Arn) ?? "";
  const archiveArn = text(params.EventSourceArn) ?? "";
  const archive = archives.find(archiveArn);
  if (archive === undefined) return invalid("EventSourceArn", `Archive ${nameIn(archiveArn)} does not exist.`);
  if (!graph.buses.some(({ arn }) => arn === busArn))
    return notFound(request, `Event bus ${nameIn(busArn)} does not exist.`);
  if (archive.busArn !== busArn) return invalid("Destination.Arn", "Cross event bus replay is not permitted.");
  if (typeof from !== "number" || typeof until !== "number")
    return invalid("EventStartTime", "EventStartTime and EventEndTime are required arguments.");
  if (from >= until) return invalid("EventEndTime", "EventStartTime must be before EventEndTime.");
  if (replays.has(name)) return refuse("ResourceAlreadyExistsException", `Replay ${name} already exists.`);
  return {
    summary: {
      ReplayName: name,
      EventSourceArn: archiveArn,
      State: "STARTING",
      EventStartTime: from,
      EventEndTime: until,
      ReplayStartTime: Date.now() / 1000,
    },
    details: {
      ReplayArn: `arn:aws:events:${graph.region}:${graph.account}:replay/${name}`,
      Description: text(params.Description),
      Destination: {
        Arn: busArn,
        FilterArns: Array.isArray(destination.FilterArns) ? destination.FilterArns.map(String) : undefined,
      },
    },
    archive,
  };
}

function list(request: AwsRequest, replays: Map<string, Replay>): Answer {
  const { NamePrefix, State, EventSourceArn } = request.params;
  const wanted = [...replays.values()].flatMap(({ summary }) => {
    const { ReplayName, State: state, EventSourceArn: source } = summary;
    const named = ReplayName.startsWith(text(NamePrefix) ?? "");
    return named && (State ?? state) === state && (EventSourceArn ?? source) === source ? [summary] : [];
  });
  return jsonAnswer(request, { Replays: wanted });
}

/** The event as it was, with the replay's name where AWS puts it: before the resources. */
function renamed({ fields }: KeptEvent, name: string): BusEvent {
  const { resources, detail, ...first } = fields;
  const all = { ...first, "replay-name": name, resources, detail };
  return { fields: all, envelope: JSON.stringify(all) };
}
