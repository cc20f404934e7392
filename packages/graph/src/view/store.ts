import type { GraphDatabase, GraphTable } from "../graph.ts";
import { aws, record, records, strings } from "../resource.ts";
import { byName, componentName, number, optionalText, type Resources, text, viewsOf } from "./resources.ts";

type Attribute = GraphTable["attributes"][number];
type GlobalIndex = GraphTable["globalIndexes"][number];

export function tables(resources: Resources): GraphTable[] {
  return viewsOf(resources, aws.table, (table) => {
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
  });
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

/** MySQL instances on RDS that are written to: replicas are left out. */
export function databases(resources: Resources): GraphDatabase[] {
  return byName(
    resources
      .of(aws.instance)
      .filter(({ inputs }) => inputs.engine === "mysql" && !inputs.replicateSourceDb)
      .map((instance) => ({
        name: componentName(instance, "sst:aws:Mysql"),
        identifier: text(instance, "identifier"),
        engine: text(instance, "engine"),
        engineVersion: optionalText(instance.inputs, "engineVersion") ?? "",
        hosts: [text(instance, "address"), ...proxyHosts(resources, text(instance, "identifier"))],
        port: number(instance, "port", 3306),
        username: text(instance, "username"),
        password: text(instance, "password"),
        database: text(instance, "dbName"),
      })),
  );
}

function proxyHosts(resources: Resources, identifier: string): string[] {
  const names = resources
    .of(aws.proxyTarget)
    .filter(({ inputs }) => inputs.dbInstanceIdentifier === identifier)
    .map(({ inputs }) => inputs.dbProxyName);
  return resources
    .of(aws.proxy)
    .filter((proxy) => names.includes(text(proxy, "name")))
    .map((proxy) => text(proxy, "endpoint"));
}
