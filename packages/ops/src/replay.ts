import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ResourceAlreadyExistsException, type StartReplayCommandInput } from "@aws-sdk/client-eventbridge";
import { OpsError } from "./options.ts";
import { queueOf, type Site } from "./site.ts";
import { spanOf, type Terminal } from "./terminal.ts";

export interface ReplayOptions {
  /** From when, until before when, in milliseconds since 1970. */
  since: number;
  until: number;
  /** How long to wait for its end, milliseconds. */
  waitMs: number;
  json: boolean;
}

/** The one queue that gets the events again: other consumers of the bus do not need them. */
const listener = "SQS_CONFIRMATION";
/** Milliseconds between two looks, at first and at most: on AWS a replay takes minutes. */
const look = { firstMs: 250, mostMs: 5_000 };

/**
 * Starts a replay of the bus's archive to the rules that lead to the confirmation, and waits for its end. What the
 * confirmation knows already changes nothing. Throws `OpsError` when there is no archive, or the replay failed.
 *
 * @returns 0 when it was completed, 1 when it was cancelled, or has not ended in time: it then goes on by itself
 */
export async function replay(site: Site, options: ReplayOptions, terminal: Terminal): Promise<number> {
  const { events } = site;
  const busArn = site.busArn();
  const archive = await archiveOf(site, busArn);
  const ReplayName = `ops-${new Date().toISOString().replaceAll(/\D/g, "")}-${randomBytes(3).toString("hex")}`;
  const FilterArns = await rulesOf(site, busArn);
  await start(events, {
    ReplayName,
    Description: "npm run ops -- replay",
    EventSourceArn: busArn.replace(/event-bus\/.*/, `archive/${archive}`),
    EventStartTime: new Date(options.since),
    EventEndTime: new Date(options.until),
    Destination: { Arn: busArn, FilterArns },
  });
  terminal.note(`Replay ${ReplayName} of archive ${archive} has started`);
  const last = await endOf(site, ReplayName, options.waitMs, terminal);
  const { State: state = "STARTING", StateReason: reason, EventLastReplayedTime: replayedUpTo } = last;
  if (state === "FAILED") throw new OpsError(`Replay ${ReplayName} failed: ${reason ?? "AWS does not say why"}`);
  const [since = "", until = ""] = [options.since, options.until].map((time) => new Date(time).toISOString());
  const result = {
    replay: ReplayName,
    archive,
    state,
    since,
    until,
    lastReplayedAt: replayedUpTo?.toISOString() ?? null,
  };
  if (options.json) terminal.out(JSON.stringify(result, null, 2));
  else {
    const upTo = replayedUpTo
      ? `the last is of ${replayedUpTo.toISOString()}`
      : state === "COMPLETED"
        ? "there were none"
        : "none yet";
    terminal.out(`${ReplayName} is ${state}: what was decided from ${since} until ${until}; ${upTo}`);
  }
  if (state === "COMPLETED") return 0;
  if (state === "CANCELLED") terminal.note("Somebody has cancelled it; start another from where it ended");
  else
    terminal.note(`It goes on; aws events describe-replay --replay-name ${ReplayName} shows it, cancel-replay ends it`);
  return 1;
}

/** Starts a replay under a name that nobody else has: one that is there was started by a call whose answer got lost. */
async function start(events: Site["events"], replay: StartReplayCommandInput): Promise<void> {
  try {
    await events.startReplay(replay);
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
}

/** The name of the bus's archive. */
async function archiveOf({ events, name }: Site, busArn: string): Promise<string> {
  const { Archives = [] } = await events.listArchives({ EventSourceArn: busArn });
  const [only, ...more] = Archives.flatMap(({ ArchiveName }) => ArchiveName ?? []);
  if (only === undefined) throw new OpsError(`The bus of ${name} has no archive; under sst dev nothing is kept`);
  if (more.length > 0)
    throw new OpsError(`The bus of ${name} has more than one archive: ${[only, ...more].join(", ")}`);
  return only;
}

/** ARNs of the rules that lead to the listener. Without any, all rules would get the replay. */
async function rulesOf(site: Site, busArn: string): Promise<string[]> {
  const { url } = queueOf(site, listener);
  const { Attributes } = await site.sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const EventBusName = busArn.split("event-bus/")[1];
  const asked = { TargetArn: Attributes?.QueueArn, EventBusName };
  const { RuleNames = [] } = await site.events.listRuleNamesByTarget(asked);
  if (RuleNames.length === 0) throw new OpsError(`No rule of the bus of ${site.name} leads to ${listener}`);
  return RuleNames.map((rule) => `${busArn.replace("event-bus/", "rule/")}/${rule}`);
}

/** Looks until the replay has ended or time is up, and says how far it is. */
async function endOf({ events }: Site, ReplayName: string, waitMs: number, terminal: Terminal) {
  const startedAt = Date.now();
  let said = "";
  for (let wait = look.firstMs; ; wait = Math.min(wait * 2, look.mostMs)) {
    const now = await events.describeReplay({ ReplayName });
    const { State = "STARTING", EventLastReplayedTime: replayedUpTo } = now;
    const progress = replayedUpTo ? `${State}, at ${replayedUpTo.toISOString()}` : State;
    if (progress !== said) terminal.note(`… ${progress}, after ${spanOf(Date.now() - startedAt)}`);
    said = progress;
    if (["COMPLETED", "CANCELLED", "FAILED"].includes(State)) return now;
    const left = startedAt + waitMs - Date.now();
    if (left <= 0) return now;
    await sleep(Math.min(wait, left));
  }
}
