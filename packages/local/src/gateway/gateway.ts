import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Answer, type AwsRequest, errorAnswer, readRequest } from "../aws/request.ts";
import type { ServiceLog } from "../aws/service.ts";
import { isSigned } from "../aws/verify.ts";
import { type Endpoints, endpointOf } from "../endpoint/emulators.ts";
import type { Naming } from "../endpoint/naming.ts";
import { accesses } from "./access.ts";
import { type RequestRecord, serveAdmin } from "./admin.ts";
import { type Caller, type CredentialsOf, callers, denied } from "./caller.ts";
import { createArchives } from "./eventbridge/archive.ts";
import { createReplays } from "./eventbridge/replay.ts";
import { createRules } from "./eventbridge/rule.ts";
import { createFaults, type FaultRule, withFault } from "./fault.ts";
import { foreign, isForeign } from "./foreign.ts";
import { billed, createMeter, type Meter, withCapacity } from "./meter.ts";
import { serve, unknownOperation } from "./service.ts";
import { createUpstream } from "./upstream.ts";

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

const recentLimit = 1000;

export interface GatewayOptions {
  graph: Graph;
  endpoints: Endpoints;
  /** How the endpoints name the graph's resources, from `createResources`; without it, as the graph does. */
  naming?: Naming;
  credentialsOf: CredentialsOf;
  log: ServiceLog;
  /** 0, the default, for a free one. */
  port?: number;
  meter?: Meter;
  /** Keeps archived events beyond this process; without it they are in a folder that goes with the gateway. */
  archiveFolder?: string | undefined;
  /** What else is to be read here, by its path under `/_local/`; `url` is the gateway's own. */
  document?: (path: string, url: string) => unknown;
  /** Ends a function's process, for the faults that ask for it. */
  kill?: (functionName: string) => void;
}

const host = "127.0.0.1";

/**
 * Starts the one endpoint for all AWS calls: identifies the caller by its credentials, checks the caller's policies from
 * the graph, counts, injects faults, and forwards the call to the service behind.
 *
 * @throws when the port is taken or a policy holds what the check does not understand
 */
export async function startGateway(options: GatewayOptions) {
  const {
    graph,
    endpoints,
    naming,
    log,
    port = 0,
    meter = createMeter(),
    kill = () => {},
    document = () => undefined,
  } = options;
  const known = callers(graph, options.credentialsOf);
  const faults = createFaults();
  const recent: RequestRecord[] = [];
  const admin = { meter, faults, recent: () => recent, document: (path: string) => document(path, urlOf(server)) };
  await using started = new AsyncDisposableStack();
  const upstream = started.adopt(createUpstream(), ({ stop }) => stop());
  const { url: endpoint, credentials } = endpointOf(endpoints.sqsSnsUrl, graph.account);
  const config = { endpoint, credentials, region: graph.region, useQueueUrlAsEndpoint: false, maxAttempts: 2 };
  const sqs = started.adopt(new SQSClient(config), (client) => client.destroy());
  const deliver = createRules({ graph, sqs, log, onDelivery: meter.recordDelivery });
  const folder = options.archiveFolder ?? (await temporaryFolder(started));
  const archives = createArchives({ graph, folder, log });
  const replays = started.adopt(createReplays({ graph, archives, deliver, log }), ({ stop }) => stop());
  const context = { graph, endpoints, upstream, deliver, archives, replays, log, ...(naming ? { naming } : {}) };

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (isForeign(incoming.headers)) return send(outgoing, foreign);
    if (incoming.url?.startsWith("/_local/")) return serveAdmin(incoming, outgoing, admin);
    const hungUp = abortedBy(outgoing);
    const startedAt = performance.now();
    const read = await readRequest(incoming);
    if ("error" in read) return send(outgoing, read.error);
    const { request } = read;
    const caller = known.get(request.accessKeyId);
    if (caller === undefined) return send(outgoing, unknownKey(request));
    if (!(await isSigned(incoming, request.body, caller.secretAccessKey)))
      return send(outgoing, wrongSignature(request));

    const needed = accesses(request, graph);
    const fault = faults.take(caller.name, request);
    const record = recordOf(request, caller, needed, fault);
    const refused = refuse(request, caller, needed, log);
    let units = 0;
    const asked = async (served: AwsRequest) => {
      const result = await withCapacity(served, (it) => serve(it, caller, context, hungUp.signal));
      units = result.units;
      return result.answer;
    };
    const answer =
      refused ??
      (fault ? await withFault(fault, request, asked, () => kill(caller.name), hungUp.signal) : await asked(request));

    // A caller that has hung up gets no answer, and the outcome of the call is unknown.
    const gone = hungUp.signal.aborted;
    record.status = gone ? 0 : (answer?.status ?? 0);
    record.durationMs = Math.round(performance.now() - startedAt);
    if (record.status >= 400 && answer) record.errorCode = errorCode(answer);
    if (recent.push(record) > recentLimit) recent.shift();
    meter.record(caller.name, request, {
      errors: !gone && (answer === undefined || answer.status >= 400) ? 1 : 0,
      denied: refused && needed ? 1 : 0,
      ...(answer ? billed(request, answer, units) : {}),
    });
    if (answer) send(outgoing, answer);
    else outgoing.destroy();
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => failed(incoming, outgoing, error, log));
  });
  await listen(server, port);
  started.defer(() => close(server));
  const running = started.move();
  return {
    url: urlOf(server),
    meter,
    faults,
    /** The last calls, oldest first, at most 1000. */
    recent: () => [...recent],
    /** Whether the function's policies allow an action, as AWS checks it for a role ahead of any call. */
    allows: (functionName: string, action: string, resource: string) =>
      [...known.values()].find(({ name }) => name === functionName)?.decide({ action, resource }) === "allow",
    stop: () => running.disposeAsync(),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function temporaryFolder(started: AsyncDisposableStack): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "archive-"));
  return started.adopt(made, (folder) => rm(folder, { recursive: true, force: true }));
}

/** Aborted when the caller hangs up before it has its answer. */
function abortedBy(outgoing: ServerResponse): AbortController {
  const hungUp = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) hungUp.abort();
  });
  return hungUp;
}

/** What is known of a call before it is served. */
function recordOf(
  { service, action }: AwsRequest,
  caller: Caller,
  needed: ReturnType<typeof accesses>,
  fault: FaultRule | undefined,
): RequestRecord {
  return {
    time: new Date().toISOString(),
    function: caller.name,
    service,
    action,
    resources: (needed ?? []).map(({ resource }) => resource),
    status: 0,
    durationMs: 0,
    ...(fault ? { fault: fault.fault } : {}),
  };
}

function failed(incoming: IncomingMessage, outgoing: ServerResponse, error: unknown, log: ServiceLog): void {
  if (outgoing.closed || incoming.destroyed) return;
  log("error", `the gateway failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  if (!outgoing.headersSent) outgoing.writeHead(500);
  outgoing.end();
}

async function listen(server: Server, port: number): Promise<void> {
  // Longer than an SDK keeps an idle connection: none is closed just as it is used again.
  server.keepAliveTimeout = 600_000;
  await once(server.listen(port, host), "listening").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port} for the AWS gateway is taken: free it or choose another.`);
  });
}

/** Once it listens. */
const urlOf = (server: Server) => `http://${host}:${(server.address() as AddressInfo).port}`; // it listens on TCP

/** The answer to a call that the caller may not make, or that nobody knows; undefined when it may go on. */
function refuse(
  request: AwsRequest,
  caller: Caller,
  needed: ReturnType<typeof accesses>,
  log: ServiceLog,
): Answer | undefined {
  if (needed === undefined) {
    if (caller.name !== "operator") {
      log("warn", `${caller.name} called ${request.service} ${request.action}, which is not served here`);
      return unknownOperation(request);
    }
    return undefined;
  }
  for (const access of needed) {
    const decision = caller.decide(access);
    if (decision === "allow") continue;
    const error = denied(request, caller, access, decision);
    log("warn", `denied: ${caller.name} ${access.action} on ${access.resource}`, { decision });
    return errorAnswer(request, error);
  }
  return undefined;
}

function unknownKey(request: AwsRequest): Answer {
  const message = "The security token included in the request is invalid.";
  if (request.protocol === "query") return errorAnswer(request, { status: 403, code: "InvalidClientTokenId", message });
  return errorAnswer(request, {
    status: request.service === "sqs" ? 403 : 400,
    code: "UnrecognizedClientException",
    queryCode: "InvalidClientTokenId",
    message,
  });
}

function wrongSignature(request: AwsRequest): Answer {
  return errorAnswer(request, {
    status: request.service === "dynamodb" || request.service === "events" ? 400 : 403,
    code: request.protocol === "query" ? "SignatureDoesNotMatch" : "InvalidSignatureException",
    message:
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
  });
}

function errorCode(answer: Answer): string {
  const body = answer.body.toString();
  const code = /"__type"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? "Unknown";
  return code.slice(code.lastIndexOf("#") + 1);
}

function send(outgoing: ServerResponse, answer: Answer): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
  outgoing.end(answer.body);
}
