import type { GraphDatabase } from "../graph.ts";
import { byName, componentName, number, optionalText, type Resources, text } from "./resources.ts";

/** MySQL instances on RDS that are written to: replicas are left out. */
export function databases(resources: Resources): GraphDatabase[] {
  return byName(
    resources
      .of("aws:rds/instance:Instance")
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
    .of("aws:rds/proxyTarget:ProxyTarget")
    .filter(({ inputs }) => inputs.dbInstanceIdentifier === identifier)
    .map(({ inputs }) => inputs.dbProxyName);
  return resources
    .of("aws:rds/proxy:Proxy")
    .filter((proxy) => names.includes(text(proxy, "name")))
    .map((proxy) => text(proxy, "endpoint"));
}
