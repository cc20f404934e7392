import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { SNS } from "@aws-sdk/client-sns";
import { SQS, type SQSClientConfig } from "@aws-sdk/client-sqs";

export type Clients = ReturnType<typeof clientsOf>;

/** A client of each service that the app uses. */
export const clientsOf = (config: Pick<SQSClientConfig, "endpoint" | "region" | "credentials" | "maxAttempts">) => ({
  sqs: new SQS(config),
  sns: new SNS(config),
  events: new EventBridge(config),
  dynamo: new DynamoDB(config),
});

export function destroy(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy();
}
