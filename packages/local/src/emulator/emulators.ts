import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startDynalite } from "./dynalite.ts";
import { type Delivery, type Fauxqs, startFauxqs } from "./fauxqs.ts";

/** Where the services answer; any AWS-compatible endpoint will do. */
export interface Endpoints {
  sqsSnsUrl: string;
  dynamoUrl: string;
}

export interface Emulators extends Endpoints {
  inspectQueue: Fauxqs["inspectQueue"];
  stop: () => Promise<void>;
}

/**
 * Starts the embedded emulators of SQS, SNS and DynamoDB in this process, on free loopback ports.
 * With `dataDir` their state survives the process, however it ends.
 */
export async function startEmulators(options: {
  account: string;
  region: string;
  dataDir?: string;
  onDelivery?: (delivery: Delivery) => void;
}): Promise<Emulators> {
  const { dataDir, ...rest } = options;
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const fauxqs = await startFauxqs(dataDir === undefined ? rest : { ...rest, dataDir: join(dataDir, "sqs-sns") });
  const dynalite = await startDynalite(dataDir === undefined ? {} : { path: join(dataDir, "dynamodb") }).catch(
    async (error: unknown) => {
      await fauxqs.stop();
      throw error;
    },
  );
  return {
    sqsSnsUrl: fauxqs.url,
    dynamoUrl: dynalite.url,
    inspectQueue: fauxqs.inspectQueue,
    stop: async () => {
      await Promise.all([fauxqs.stop(), dynalite.stop()]);
    },
  };
}
