import { BatchWriteItemCommand, type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";

/** Puts every item of one table into another with the same keys. */
export async function copyItems(client: DynamoDBClient, from: string, to: string): Promise<void> {
  // BatchWriteItem takes at most 25.
  for await (const { Items = [] } of paginateScan({ client }, { TableName: from, Limit: 25 })) {
    if (Items.length === 0) continue;
    const puts = Items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems: { [to]: puts } }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error(`Not all items of ${from} could be copied to ${to}.`);
  }
}
