import type { AppointmentOutcome } from "@appointments/core/appointment/appointment.event";
import { dynamo } from "@appointments/core/aws/dynamo";
import { link } from "@appointments/core/aws/link";
import { sqs } from "@appointments/core/aws/sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { consume } from "./subscriber/consume.ts";
import { parseDelivered, settleEach } from "./subscriber/settle.ts";
import { sourceQueue } from "./subscriber/source.ts";

const table = { client: dynamo(), name: link.tableName() };
const consumer = {
  source: sourceQueue(),
  client: sqs(),
  parse: parseDelivered,
  process: (outcomes: AppointmentOutcome[]) => settleEach(table, outcomes),
};

/** Consumes the outcomes that the bus delivers and settles the appointments. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => consume(event, consumer);
