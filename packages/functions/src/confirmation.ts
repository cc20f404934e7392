import type { AppointmentOutcome } from "@appointments/core/appointment/event";
import { settleEach } from "@appointments/core/appointment/settle";
import { dynamo } from "@appointments/core/appointment/table";
import { link } from "@appointments/core/aws/client";
import { sqs } from "@appointments/core/aws/sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { sourceQueue } from "./environment.ts";
import { consume } from "./queue/consume.ts";
import { parseDelivered } from "./queue/message.ts";

const table = { client: dynamo(), name: link.tableName() };
const consumer = {
  source: sourceQueue(),
  client: sqs(),
  parse: parseDelivered,
  process: (outcomes: AppointmentOutcome[]) => settleEach(table, outcomes),
};

/** Consumes the outcomes that the bus delivers and settles the appointments. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => consume(event, consumer);
