import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Resource } from "sst";

const dynamo = new DynamoDBClient();
const { Orders } = Resource as unknown as { Orders: { name: string } }; // sst-env.d.ts knows the other app's links

export async function handler({ Records }: { Records: { body: string }[] }) {
  for (const { body } of Records) {
    const { id } = JSON.parse(body);
    await dynamo.send(new PutItemCommand({ TableName: Orders.name, Item: { id: { S: id }, state: { S: "packed" } } }));
  }
}
