import type { GraphTable } from "../graph.ts";
import { byName, componentName, optionalText, type Resources, record, records, strings, text } from "./resources.ts";

type Attribute = GraphTable["attributes"][number];
type GlobalIndex = GraphTable["globalIndexes"][number];

export function tables(resources: Resources): GraphTable[] {
  return byName(
    resources.of("aws:dynamodb/table:Table").map((table) => {
      const { inputs } = table;
      const ttl = record(inputs.ttl);
      const rangeKey = optionalText(inputs, "rangeKey");
      const ttlAttribute = ttl.enabled === false ? undefined : optionalText(ttl, "attributeName");
      return {
        name: componentName(table, "sst:aws:Dynamo"),
        tableName: text(table, "name"),
        arn: text(table, "arn"),
        attributes: records(inputs.attributes).map(({ name, type }) => ({
          name: String(name),
          type: type as Attribute["type"],
        })),
        hashKey: text(table, "hashKey"),
        ...(rangeKey ? { rangeKey } : {}),
        globalIndexes: records(inputs.globalSecondaryIndexes).map(globalIndex),
        ...(ttlAttribute ? { ttlAttribute } : {}),
      };
    }),
  );
}

function globalIndex(index: Record<string, unknown>): GlobalIndex {
  const rangeKey = optionalText(index, "rangeKey");
  const nonKeyAttributes = strings(index.nonKeyAttributes);
  return {
    name: String(index.name),
    hashKey: String(index.hashKey),
    ...(rangeKey ? { rangeKey } : {}),
    projectionType: index.projectionType as GlobalIndex["projectionType"],
    ...(nonKeyAttributes.length > 0 ? { nonKeyAttributes } : {}),
  };
}
