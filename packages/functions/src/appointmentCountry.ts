import { busNamed, eventBridge } from "@appointments/core/appointment/bus";
import { type AppointmentCommand, parseRequested } from "@appointments/core/appointment/event";
import { link } from "@appointments/core/aws/client";
import { sqs } from "@appointments/core/aws/sqs";
import { countries } from "@appointments/core/country/country";
import { serve } from "@appointments/core/country/serve";
import { openDatabase } from "@appointments/core/database/database";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { servedCountry, sourceQueue } from "./environment.ts";
import { consume } from "./queue/consume.ts";

const code = servedCountry();
const serving = {
  country: countries[code],
  database: openDatabase(link.databaseUrl(code)),
  bus: busNamed(eventBridge(), link.busName()),
};
const consumer = {
  source: sourceQueue(),
  client: sqs(),
  parse: (json: unknown) => parseRequested(json, code),
  process: (commands: AppointmentCommand[]) => serve(serving, commands),
};

/** `appointmentPe`, `appointmentCl`, …: consumes the queue of the country that `COUNTRY` names. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => consume(event, consumer);
