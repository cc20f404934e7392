import type { Graph } from "@appointments/graph/graph";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";

/** Something that behaves like AWS, with the resources of one test file in it. */
export interface Target {
  /** Version of what stands behind, e.g. `fauxqs 2.4.1, dynalite 4.0.0`. */
  version: string;
  /** Clients with all rights. They do not retry, so that a test sees each answer. */
  sqs: SQSClient;
  sns: SNSClient;
  events: EventBridgeClient;
  dynamo: DynamoDBClient;
  /** Endpoint of the AWS calls. */
  url: string;
  region: string;
  account: string;
  graph: Graph;
  /** URL of a queue by its name in the topology. */
  queueUrl: (name: string) => string;
  /** Whether the role of a function in the topology allows an action; true for what has no functions. */
  allows: (functionName: string, action: string, resource: string) => boolean;
  stop: () => Promise<void>;
}
