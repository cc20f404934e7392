import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, GraphArchive } from "@appointments/graph/graph";
import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import { type Answer, type AwsRequest, errorAnswer, jsonAnswer, parseObject, text } from "../../aws/request.ts";
import type { ServiceLog } from "../../aws/service.ts";
import type { BusEvent } from "./rule.ts";

export interface Archive extends GraphArchive {
  store: ArchiveStore;
  matches: Pattern;
}

/**
 * EventBridge's archives, as the graph has them. Here an event is in its archive before PutEvents answers; AWS takes
 * minutes. What is replayed goes to rules only, and so is not kept again.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 *
 * @param options.folder keeps the events
 * @throws {PatternFault} when an archive's pattern is none
 */
export function createArchives(options: { graph: Graph; folder: string; log: ServiceLog }) {
  const { graph, folder, log } = options;
  const createdAt = Date.now() / 1000;
  const archives: Archive[] = graph.archives.map((archive) => ({
    ...archive,
    matches: archive.pattern === undefined ? () => true : readPattern(archive.pattern),
    store: openArchiveStore(join(folder, archive.archiveName), archive.retentionDays),
  }));

  async function summaryOf({ archiveName, busArn, retentionDays = 0, store }: Archive) {
    let EventCount = 0;
    let SizeBytes = 0;
    for await (const minute of store.read(0, Number.POSITIVE_INFINITY)) {
      EventCount += minute.length;
      SizeBytes += minute.reduce((sum, { fields }) => sum + Buffer.byteLength(JSON.stringify(fields)), 0);
    }
    return {
      ArchiveName: archiveName,
      EventSourceArn: busArn,
      State: "ENABLED",
      RetentionDays: retentionDays,
      SizeBytes,
      EventCount,
      CreationTime: createdAt,
    };
  }

  async function list(request: AwsRequest): Promise<Answer> {
    const { params } = request;
    const source = text(params.EventSourceArn);
    if (source !== undefined && !graph.buses.some(({ arn }) => arn === source))
      return notFound(request, `Event bus ${nameIn(source)} does not exist.`);
    const wanted = archives.filter(
      ({ archiveName, busArn }) =>
        archiveName.startsWith(text(params.NamePrefix) ?? "") &&
        (source === undefined || busArn === source) &&
        (params.State === undefined || params.State === "ENABLED"),
    );
    return jsonAnswer(request, { Archives: await Promise.all(wanted.map(summaryOf)) });
  }

  async function describe(request: AwsRequest): Promise<Answer> {
    const name = text(request.params.ArchiveName) ?? "";
    const archive = archives.find(({ archiveName }) => archiveName === name);
    if (archive === undefined) return notFound(request, `Archive ${name} does not exist.`);
    return jsonAnswer(request, {
      ArchiveArn: archive.arn,
      EventPattern: JSON.stringify(archive.pattern),
      ...(await summaryOf(archive)),
    });
  }

  return {
    find: (arn: string): Archive | undefined => archives.find((archive) => archive.arn === arn),
    /** Keeps events that a bus took, in every archive of the bus that wants them. Never rejects. */
    keep: async (bus: string, events: BusEvent[]): Promise<void> => {
      for (const { archiveName, busArn, matches, store } of archives) {
        const kept = events.filter(({ fields }) => busArn === bus && matches(fields));
        if (kept.length === 0) continue;
        try {
          await store.append(kept.map(({ fields }) => ({ fields, time: Date.parse(String(fields.time)) })));
        } catch (error) {
          log("error", `${kept.length} events are missing in archive ${archiveName}: ${error}`);
        }
      }
    },
    /** ListArchives and DescribeArchive; undefined for another call. */
    serve: async (request: AwsRequest): Promise<Answer | undefined> => {
      if (request.action === "ListArchives") return list(request);
      return request.action === "DescribeArchive" ? describe(request) : undefined;
    },
  };
}

export type Archives = ReturnType<typeof createArchives>;

export const nameIn = (arn: string): string => arn.slice(arn.indexOf("/") + 1);

export const notFound = (request: AwsRequest, message: string): Answer =>
  errorAnswer(request, { status: 400, code: "ResourceNotFoundException", message });

/** An event as it is kept. */
export interface KeptEvent {
  fields: Record<string, unknown>;
  /** Its own time, in milliseconds since 1970. */
  time: number;
}

export type ArchiveStore = ReturnType<typeof openArchiveStore>;

const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/**
 * Keeps the events of one archive, in a file for each day of theirs: `2026-11-24.jsonl`.
 *
 * @param retentionDays after so many days an event is gone; never without it
 */
export function openArchiveStore(folder: string, retentionDays = Number.POSITIVE_INFINITY) {
  const fileOf = (day: string) => join(folder, `${day}.jsonl`);
  const oldest = () => Date.now() - retentionDays * dayMs;
  let written: Promise<unknown> = Promise.resolve();
  let lastDay = "";
  const begun = new Set<string>();

  async function list(): Promise<string[]> {
    const files = await readdir(folder).catch(() => []);
    return files.flatMap((file) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(file)?.[1] ?? []).sort();
  }

  async function append(events: KeptEvent[]): Promise<void> {
    await mkdir(folder, { recursive: true });
    const kept = events.filter(({ time }) => time >= oldest());
    for (const [day, some] of Map.groupBy(kept, ({ time }) => dayOf(time))) {
      const lines = some.map(({ fields }) => `${JSON.stringify(fields)}\n`).join("");
      // Who wrote before may have been killed within a line.
      await appendFile(fileOf(day), begun.has(day) ? lines : `\n${lines}`, { mode: 0o600 });
      begun.add(day);
    }
    if (lastDay === dayOf(Date.now())) return;
    lastDay = dayOf(Date.now());
    for (const day of await list()) if (Date.parse(day) + dayMs <= oldest()) await rm(fileOf(day), { force: true });
  }

  return {
    // One after the other: no two writes mingle their lines.
    append: (events: KeptEvent[]): Promise<void> => {
      const now = written.then(() => append(events));
      written = now.catch(() => undefined);
      return now;
    },
    /** The events with `from` ≤ time < `until`, a minute's at once, the earliest minute first. */
    async *read(from: number, until: number): AsyncGenerator<KeptEvent[]> {
      await written;
      const first = Math.max(from, oldest());
      for (const day of await list()) {
        if (Date.parse(day) + dayMs <= first || Date.parse(day) >= until) continue;
        const events = (await readFile(fileOf(day), "utf8"))
          .split("\n")
          .flatMap(eventIn)
          .filter(({ time }) => time >= first && time < until)
          .sort((a, b) => a.time - b.time);
        for (const minute of Map.groupBy(events, ({ time }) => Math.floor(time / minuteMs)).values()) yield minute;
      }
    },
  };
}

/** A process that was killed may leave half a line. */
function eventIn(line: string): KeptEvent[] {
  const fields = line === "" ? undefined : parseObject(line);
  const time = Date.parse(text(fields?.time) ?? "");
  return fields === undefined || Number.isNaN(time) ? [] : [{ fields, time }];
}
