import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { clientConfig, once } from "./client.ts";

/** The DynamoDB client of this environment. */
export const dynamo = once(() => DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig)));
