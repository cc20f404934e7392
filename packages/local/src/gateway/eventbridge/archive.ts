import { join } from "node:path";
import type { Graph, GraphArchive } from "@appointments/graph/graph";
import { type Answer, errorAnswer, jsonAnswer } from "../../aws/answer.ts";
import type { ServiceLog } from "../../aws/log.ts";
import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import { type AwsRequest, text } from "../../aws/request.ts";
import type { BusEvent } from "./rule.ts";
import { type ArchiveStore, openArchiveStore } from "./store.ts";

export interface Archive extends GraphArchive {
  store: ArchiveStore;
  matches: Pattern;
}

export interface Archives {
  find: (arn: string) => Archive | undefined;
  /** Keeps events that a bus took, in every archive of the bus that wants them. Never rejects. */
  keep: (busArn: string, events: BusEvent[]) => Promise<void>;
  /** ListArchives and DescribeArchive; undefined for another call. */
  serve: (request: AwsRequest) => Promise<Answer | undefined>;
}

/**
 * EventBridge's archives, as the graph has them. Here an event is in its archive before PutEvents answers; AWS takes
 * minutes. What is replayed goes to rules only, and so is not kept again.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 *
 * @param options.folder keeps the events beyond this process
 * @throws {PatternFault} when an archive's pattern is none
 */
export function createArchives(options: { graph: Graph; folder?: string | undefined; log: ServiceLog }): Archives {
  const { graph, folder, log } = options;
  const createdAt = Date.now() / 1000;
  const archives: Archive[] = graph.archives.map((archive) => ({
    ...archive,
    matches: archive.pattern === undefined ? () => true : readPattern(archive.pattern),
    store: openArchiveStore({
      ...(folder === undefined ? {} : { folder: join(folder, archive.archiveName) }),
      ...(archive.retentionDays === undefined ? {} : { retentionDays: archive.retentionDays }),
    }),
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
      ...(archive.pattern === undefined ? {} : { EventPattern: JSON.stringify(archive.pattern) }),
      ...(await summaryOf(archive)),
    });
  }

  return {
    find: (arn) => archives.find((archive) => archive.arn === arn),
    keep: async (bus, events) => {
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
    serve: async (request) => {
      if (request.action === "ListArchives") return list(request);
      return request.action === "DescribeArchive" ? describe(request) : undefined;
    },
  };
}

export const nameIn = (arn: string): string => arn.slice(arn.indexOf("/") + 1);

export const notFound = (request: AwsRequest, message: string): Answer =>
  errorAnswer(request, { status: 400, code: "ResourceNotFoundException", message });
