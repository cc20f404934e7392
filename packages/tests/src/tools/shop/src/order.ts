import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Resource } from "sst";

const sqs = new SQSClient();
const { Parcels } = Resource as unknown as { Parcels: { url: string } }; // sst-env.d.ts knows the other app's links

export async function handler({ body = "{}" }: { body?: string }) {
  const { id } = JSON.parse(body);
  await sqs.send(new SendMessageCommand({ QueueUrl: Parcels.url, MessageBody: JSON.stringify({ id }) }));
  return { statusCode: 202, body: JSON.stringify({ id }) };
}
