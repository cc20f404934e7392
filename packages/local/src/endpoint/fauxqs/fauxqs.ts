import type { IncomingMessage } from "node:http";
import { findPackageJSON } from "node:module";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildApp } from "fauxqs";
import { guard } from "../guard.ts";
import { repairCalls } from "./call.ts";
import { type Delivery, repairDelivery } from "./delivery.ts";
import { type Origins, type Queue, repairQueue, type Stores } from "./queue.ts";

type SqsStore = Stores["sqsStore"];
type SnsStore = Stores["snsStore"];
type Persistence = NonNullable<SqsStore["persistence"]>;

export interface Fauxqs {
  url: string;
  /** All messages of a queue by state, without receiving them; undefined when there is no such queue. */
  inspectQueue: SqsStore["inspectQueue"];
  stop: () => Promise<void>;
}

/**
 * Starts fauxqs (SQS and SNS) on a free loopback port.
 *
 * Not `startFauxqs`, for these reasons, each a few lines below: that one listens on all interfaces; its account is
 * always 000000000000, so no ARN would be the graph's; with a `dataDir` a message that is made visible again is lost
 * (it writes NULL where the table forbids it); it flushes the disk at every message, where surviving the death of the
 * process is enough; and a long poll whose client has gone still takes the next message. What it does otherwise than AWS
 * is repaired in the files beside this one. The stores are not exported, so they are imported by file: the version is pinned for it.
 */
export async function startFauxqs(options: {
  account: string;
  region: string;
  /** Folder that keeps the state; without it the state is in memory. */
  dataDir?: string | undefined;
  /** Answers only who signs with it; without it, everybody. */
  accessKeyId?: string;
  /** Called for each message that SNS puts into a queue. */
  onDelivery?: (delivery: Delivery) => void;
}): Promise<Fauxqs> {
  const { SqsStore } = await internal<{ SqsStore: new () => SqsStore }>("sqs/sqsStore.js");
  const { SnsStore } = await internal<{ SnsStore: new () => SnsStore }>("sns/snsStore.js");
  const { S3Store } = await internal<{ S3Store: new () => Stores["s3Store"] }>("s3/s3Store.js");
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  useAccount(stores, options.account);
  const persistence = options.dataDir === undefined ? undefined : await persist(stores, options.dataDir);
  const origins: Origins = new WeakMap();
  eachQueue(stores.sqsStore, (queue) => repairQueue(queue, origins));
  repairDelivery(stores, options.onDelivery ?? (() => {}));

  const app = buildApp({ logger: false, defaultRegion: options.region, stores });
  forgetAbandonedPolls(app, stores.sqsStore);
  repairCalls(app, stores, origins);
  app.addHook("preClose", async () => persistence?.close());
  if (options.accessKeyId !== undefined) guard(app.server, options.accessKeyId);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { url, inspectQueue: (name) => stores.sqsStore.inspectQueue(name), stop: () => app.close() };
}

async function internal<T>(file: string): Promise<T> {
  const manifest = findPackageJSON("fauxqs", import.meta.url);
  if (manifest === undefined) throw new Error("fauxqs is not installed");
  return (await import(pathToFileURL(join(dirname(manifest), "dist", file)).href)) as T;
}

/** Names queues and topics as AWS would in this account, whatever account fauxqs writes into an ARN. */
function useAccount({ sqsStore, snsStore }: Stores, account: string): void {
  const ours = (arn: string) => arn.replace(/^(arn:aws:(?:sqs|sns):[^:]*:)\d{12}:/, `$1${account}:`);
  const createQueue = sqsStore.createQueue.bind(sqsStore);
  sqsStore.createQueue = (name, url, arn, ...rest) => createQueue(name, url, ours(arn), ...rest);
  const getQueueByArn = sqsStore.getQueueByArn.bind(sqsStore);
  sqsStore.getQueueByArn = (arn) => getQueueByArn(ours(arn));
  sqsStore.buildQueueUrl = (name, _port, _host, region) => `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  // By account and name, whatever the host: a queue is reached under AWS's name, the gateway's or our own.
  sqsStore.getQueue = (url) => {
    const [name, owner] = url.split("/").reverse();
    return owner === account && name !== undefined ? sqsStore.getQueueByName(name) : undefined;
  };

  const createTopic = snsStore.createTopic.bind(snsStore);
  snsStore.createTopic = (name, attributes, tags, region) => {
    const existing = snsStore.topics.get(`arn:aws:sns:${region}:${account}:${name}`);
    if (existing) return existing;
    // fauxqs writes the topic through under its own account before we can rename it: hold the store back meanwhile.
    const persistence = snsStore.persistence;
    delete snsStore.persistence;
    const topic = createTopic(name, attributes, tags, region);
    snsStore.topics.delete(topic.arn);
    const renamed = { ...topic, arn: ours(topic.arn) };
    snsStore.topics.set(renamed.arn, renamed);
    if (persistence) {
      snsStore.persistence = persistence;
      persistence.insertTopic(renamed);
    }
    return renamed;
  };
}

/**
 * Forgets a long poll when its connection closes. Otherwise the next message would go to nobody and be invisible for
 * its whole visibility timeout.
 */
function forgetAbandonedPolls(app: ReturnType<typeof buildApp>, sqsStore: SqsStore): void {
  // From this hook on to the wait everything is synchronous, so the request that waits is the last one seen here.
  let socket: Socket | undefined;
  app.addHook("preHandler", (request: { raw: IncomingMessage }, _reply: unknown, done: () => void) => {
    socket = request.raw.socket;
    done();
  });
  eachQueue(sqsStore, (queue) => {
    const wait = queue.waitForMessages.bind(queue);
    queue.waitForMessages = async (seconds) => {
      const connection = socket;
      const waiting = wait(seconds);
      const waiter = queue.pollWaiters.at(-1);
      const forget = () => {
        queue.pollWaiters = queue.pollWaiters.filter((other) => other !== waiter);
        clearTimeout(waiter?.timer);
      };
      connection?.once("close", forget);
      await waiting;
      connection?.off("close", forget);
    };
  });
}

/** Does something with every queue that is there, and with every one to come. */
function eachQueue(sqsStore: SqsStore, work: (queue: Queue) => void): void {
  for (const queue of sqsStore.allQueues()) work(queue);
  const createQueue = sqsStore.createQueue.bind(sqsStore);
  sqsStore.createQueue = (...args) => {
    const queue = createQueue(...args);
    work(queue);
    return queue;
  };
}

async function persist(stores: Stores, dataDir: string): Promise<Persistence> {
  const { PersistenceManager } = await internal<{ PersistenceManager: new (dataDir: string) => Persistence }>(
    "persistence.js",
  );
  const persistence = new PersistenceManager(dataDir);
  // The connection is private to TypeScript only; both repairs need it.
  const { db } = persistence as unknown as { db: import("node:sqlite").DatabaseSync };
  db.exec("PRAGMA synchronous = NORMAL");
  const ready = db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  persistence.updateMessageReady = (messageId) => void ready.run(messageId);
  // Who had received these went down with the last run; on AWS they would come back after their visibility timeout.
  db.exec("UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE receipt_handle IS NOT NULL");
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence;
  stores.snsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  return persistence;
}
