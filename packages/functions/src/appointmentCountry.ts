import { publishOutcomes } from "@appointments/core/appointment/bus";
import { parseRequested } from "@appointments/core/appointment/event";
import { eventBridge } from "@appointments/core/aws/bus";
import { link } from "@appointments/core/aws/link";
import { sqs } from "@appointments/core/aws/sqs";
import { countries } from "@appointments/core/country/country";
import { serve } from "@appointments/core/country/serve";
import { openDatabase } from "@appointments/core/database/database";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { servedCountry } from "./country.ts";
import { sourceQueue } from "./environment.ts";
import { consume } from "./queue/consume.ts";

const code = servedCountry();
const bus = { client: eventBridge(), name: link.busName() };
const office = {
  country: countries[code],
  database: openDatabase(link.databaseUrl(code)),
  publish: (events: Parameters<typeof publishOutcomes>[1]) => publishOutcomes(bus, events),
};
const consumer = {
  source: sourceQueue(),
  client: sqs(),
  parse: (json: unknown) => parseRequested(json, code),
  process: (requests: ReturnType<typeof parseRequested>[]) => serve(office, requests),
};

/** Consumes the queue of the country that `COUNTRY` names. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => consume(event, consumer);
