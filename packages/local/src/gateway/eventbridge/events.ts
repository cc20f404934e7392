import { randomUUID } from "node:crypto";
import type { Graph, GraphRule } from "@appointments/graph/graph";
import {
  type Answer,
  type AwsRequest,
  errorAnswer,
  jsonAnswer,
  objects,
  parseObject,
  text,
} from "../../aws/request.ts";
import type { ServiceLog } from "../../aws/service.ts";
import { type Archives, nameIn } from "./archive.ts";
import type { BusEvent, DeliverEvents } from "./rule.ts";

type Entry = Record<string, unknown>;

interface EntryResult {
  EventId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/**
 * The sum over the entries of one call. It was 256 KB until 2026-01-29, when AWS raised it to 1 MB:
 * https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-eventbridge-increases-event-payload-size-256-kb-1-mb/
 */
const maxTotalBytes = 1024 * 1024;

/**
 * EventBridge's PutEvents: checks the entries as AWS does and hands each event to `deliver`, per rule of its bus.
 * Codes and messages are those of recordings of AWS (2025-01-08); an event for a bus that does not exist is accepted
 * and gone, as there.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * What is accepted is in the archives of its bus before this answers: a caller who hears nothing sends it again.
 *
 * @param context.deliver puts events before a rule
 */
export async function putEvents(
  request: AwsRequest,
  { graph, deliver, archives, log }: { graph: Graph; deliver: DeliverEvents; archives: Archives; log: ServiceLog },
): Promise<Answer> {
  const entries = objects(request.params.Entries);
  const invalid = (message: string) => errorAnswer(request, { status: 400, code: "ValidationException", message });
  if (entries.length < 1 || entries.length > 10) {
    const bound = entries.length < 1 ? "greater than or equal to 1" : "less than or equal to 10";
    const constraint = `Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`;
    return invalid(`1 validation error detected: ${constraint}`);
  }
  if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > maxTotalBytes) {
    return invalid("Total size of the entries in the request is over the limit.");
  }

  const results: EntryResult[] = entries.map((entry) => fault(entry) ?? { EventId: randomUUID() });
  const byRule = new Map<GraphRule, number[]>();
  for (const [index, entry] of entries.entries()) {
    if (results[index]?.EventId === undefined) continue;
    const bus = busName(entry);
    if (bus !== "default" && !graph.buses.some(({ busName: known }) => known === bus)) {
      log("warn", `an event was sent to bus ${bus}, which does not exist: AWS accepts it and drops it`);
    }
    for (const rule of graph.rules.filter(({ busName: known }) => known === bus)) {
      byRule.set(rule, [...(byRule.get(rule) ?? []), index]);
    }
  }
  const events = entries.map((entry, index) => busEvent(entry, results[index]?.EventId ?? "", graph));
  await Promise.all(
    [...byRule].map(async ([rule, indexes]) => {
      const some = indexes.flatMap((index) => events[index] ?? []);
      const errors = await deliver(rule, some);
      for (const [position, index] of indexes.entries()) {
        const error = errors[position];
        if (error === undefined) continue;
        log("error", `rule ${rule.name} did not get an event: ${error}`);
        results[index] = { ErrorCode: "InternalFailure", ErrorMessage: error };
      }
    }),
  );
  for (const { arn, busName: bus } of graph.buses) {
    const taken = entries.map((entry, index) => busName(entry) === bus && results[index]?.EventId !== undefined);
    await archives.keep(
      arn,
      events.filter((_, index) => taken[index]),
    );
  }
  const FailedEntryCount = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
  return jsonAnswer(request, { FailedEntryCount, Entries: results });
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
export function entryBytes(entry: Entry): number {
  const resources = Array.isArray(entry.Resources) ? entry.Resources : [];
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...resources];
  const bytes = texts.reduce<number>((sum, value) => sum + Buffer.byteLength(text(value) ?? ""), 0);
  return bytes + (entry.Time === undefined ? 0 : 14);
}

function busName(entry: Entry): string {
  const bus = text(entry.EventBusName) ?? "default";
  return bus.startsWith("arn:") ? nameIn(bus) : bus;
}

function fault(entry: Entry): EntryResult | undefined {
  for (const name of ["Source", "DetailType", "Detail"]) {
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    if (!text(entry[name])) return { ErrorCode: "InvalidArgument", ErrorMessage };
  }
  if (text(entry.Source)?.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  return detail(entry) ? undefined : { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
}

/** A detail is a JSON object; other JSON values are malformed too. */
function detail(entry: Entry): Record<string, unknown> | undefined {
  const json = text(entry.Detail);
  return json === undefined || json === "" ? undefined : parseObject(json);
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
function busEvent(entry: Entry, id: string, graph: Graph): BusEvent {
  const time = typeof entry.Time === "number" ? new Date(entry.Time * 1000) : new Date();
  const fields = {
    version: "0",
    id,
    "detail-type": entry.DetailType,
    source: entry.Source,
    account: graph.account,
    time: time.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region: graph.region,
    resources: Array.isArray(entry.Resources) ? entry.Resources : [],
    detail: detail(entry),
  };
  return { fields, envelope: JSON.stringify(fields) };
}
