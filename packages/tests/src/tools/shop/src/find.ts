import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { Resource } from "sst";

const dynamo = new DynamoDBClient();
const { Orders } = Resource as unknown as { Orders: { name: string } }; // sst-env.d.ts knows the other app's links

export async function handler({ pathParameters: { id } }: { pathParameters: { id: string } }) {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: Orders.name, Key: { id: { S: id } } }));
  return Item ? { statusCode: 200, body: JSON.stringify({ id, state: Item.state?.S }) } : { statusCode: 404 };
}
