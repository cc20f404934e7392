import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Endpoint } from "../aws/sign.ts";
import { startDynalite } from "./dynalite/dynalite.ts";
import type { Delivery } from "./fauxqs/delivery.ts";
import { type Fauxqs, startFauxqs } from "./fauxqs/fauxqs.ts";

/** Where the services answer; any AWS-compatible endpoint will do. */
export interface Endpoints {
  /** SQS and SNS are in one place: a topic delivers to the queues beside it. */
  sqsSnsUrl: string;
  dynamoUrl: string;
  /** An EventBridge beside that SQS. Without it, the gateway serves PutEvents and delivers through SNS. */
  eventsUrl?: string;
  /** Others may have resources there too, in the account of the graph: only what bears the stage's names is touched. */
  shared?: { messaging: boolean; tables: boolean };
}

export interface Emulators extends Endpoints {
  /** Undefined also for queues that are not embedded. */
  inspectQueue: Fauxqs["inspectQueue"];
  stop: () => Promise<void>;
}

/**
 * Starts the embedded emulators of SQS, SNS and DynamoDB in this process, on free loopback ports, except of what is
 * given. With `dataDir` their state survives the process, however it ends.
 *
 * The URLs hold the credentials without which the embedded ones answer nobody.
 */
export async function startEmulators(options: {
  account: string;
  region: string;
  dataDir?: string | undefined;
  given?: GivenEndpoints;
  onDelivery?: (delivery: Delivery) => void;
}): Promise<Emulators> {
  const { dataDir, given = {}, ...others } = options;
  const accessKeyId = randomBytes(16).toString("hex");
  const rest = { ...others, accessKeyId };
  const known = (url: string) => url.replace("://", `://${accessKeyId}:local@`);
  const messaging = given.all;
  const tables = given.dynamodb ?? given.all;
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const folder = (name: string) => dataDir && join(dataDir, name);
  await using started = new AsyncDisposableStack();
  const fauxqs = messaging === undefined ? await startFauxqs({ ...rest, dataDir: folder("sqs-sns") }) : undefined;
  started.defer(async () => fauxqs?.stop());
  const dynalite = tables === undefined ? await startDynalite({ path: folder("dynamodb"), accessKeyId }) : undefined;
  started.defer(async () => dynalite?.stop());
  const running = started.move();
  return {
    sqsSnsUrl: fauxqs === undefined ? (messaging ?? "") : known(fauxqs.url),
    dynamoUrl: dynalite === undefined ? (tables ?? "") : known(dynalite.url),
    ...(messaging === undefined ? {} : { eventsUrl: messaging }),
    shared: { messaging: messaging !== undefined, tables: tables !== undefined },
    inspectQueue: (name) => fauxqs?.inspectQueue(name),
    stop: () => running.disposeAsync(),
  };
}

/** Endpoints that the user names; what is not named is embedded. */
export interface GivenEndpoints {
  /** Serves everything: SQS, SNS, EventBridge and DynamoDB. */
  all?: string;
  /** Serves DynamoDB, instead of `all` or of the embedded one. */
  dynamodb?: string;
}

/** What is not embedded, in words, without credentials. */
export function describeGiven({ all, dynamodb }: GivenEndpoints = {}): string[] {
  const places = { at: all, "DynamoDB at": dynamodb };
  return Object.entries(places).flatMap(([what, url]) => (url ? [`${what} ${endpointOf(url, "").url}`] : []));
}

/**
 * Takes the credentials out of `http://KEY:SECRET@host:port`. Without any, the key is the account: emulators that serve
 * several accounts take the account from a key of twelve digits, and the others do not look.
 */
export function endpointOf(url: string, account: string): Endpoint {
  const { username, password, origin, pathname } = new URL(url);
  return {
    url: pathname === "/" ? origin : origin + pathname,
    credentials: {
      accessKeyId: username === "" ? account : decodeURIComponent(username),
      secretAccessKey: password === "" ? "local" : decodeURIComponent(password),
    },
  };
}

/**
 * Checks what was typed as the URL of an endpoint.
 *
 * @throws when it is no http(s) URL; the message names the option
 */
export function checkEndpointUrl(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new Error(`${option} takes the URL of an AWS-compatible endpoint, as http://127.0.0.1:4566, not "${text}".`);
  }
  return text;
}
