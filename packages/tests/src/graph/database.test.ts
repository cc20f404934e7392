import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { consumers, databaseLinks, deployers, graphOf, ofType, only, some } from "./stage.ts";

const instance = "aws:rds/instance:Instance";
/** The codes of the countries, as the functions know them. */
const countriesOf = (graph: Graph) => [
  ...new Set(graph.functions.flatMap(({ environment: { COUNTRY } }) => COUNTRY ?? [])),
];
const usesMysql = (graph: Graph) => some(graph.functions.filter((fn) => databaseLinks(graph, fn).length > 0));

describe("production", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });

  test("each country has a MySQL 8.4 of its own, protected, in two zones, with a last snapshot", () => {
    const databases = ofType(graph, instance);
    const names = some(countriesOf(graph)).map((code) => `appointments_${code.toLowerCase()}`);
    expect(databases.map((database) => database.inputs.dbName).sort()).toEqual(names.sort());
    for (const { inputs, options, name } of databases) {
      expect(inputs, name).toMatchObject({
        engine: "mysql",
        instanceClass: "db.t4g.small",
        deletionProtection: true,
        multiAz: true,
        skipFinalSnapshot: false,
        storageEncrypted: true,
        backupRetentionPeriod: 35,
      });
      expect(inputs.engineVersion, name).toMatch(/^8\.4/);
      expect(inputs.finalSnapshotIdentifier, name).toMatch(/^appointments-production-database(pe|cl)-final$/);
      expect(options.retainOnDelete, name).toBe(true);
    }
  });

  test("functions reach MySQL through a proxy, over TLS at both ends", () => {
    const proxies = ofType(graph, "aws:rds/proxy:Proxy");
    expect(proxies).toHaveLength(ofType(graph, instance).length);
    for (const { name, inputs } of some(proxies)) expect(inputs.requireTls, name).toBe(true);
    for (const group of ofType(graph, "aws:rds/parameterGroup:ParameterGroup")) {
      expect(group.inputs.parameters, group.name).toEqual([{ name: "require_secure_transport", value: "ON" }]);
    }
    for (const name of usesMysql(graph).flatMap((fn) => databaseLinks(graph, fn)))
      expect(graph.links[name]?.url, name).toMatch(/^mysql:\/\/.+@.+proxy.+:3306\//);
  });

  test("the table is kept and protected", () => {
    const [table] = ofType(graph, "aws:dynamodb/table:Table");
    expect(table?.inputs).toMatchObject({ deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true } });
    expect(table?.options.retainOnDelete).toBe(true);
  });

  test("from inside the VPC there is a way to the calls that are made, and to no other", () => {
    expect(ofType(graph, "aws:ec2/natGateway:NatGateway")).toEqual([]);
    const ways = ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => ({
      service: inputs.serviceName,
      privateDns: inputs.privateDnsEnabled,
      statements: JSON.parse(String(inputs.policy)).Statement,
    }));
    const inside = consumers(graph).filter(({ fn }) => fn.vpc);
    const queues = [...inside.map(({ queue }) => queue.arn), ...inside.map(({ dlq }) => dlq.arn)];
    expect(ways).toEqual([
      {
        service: "com.amazonaws.us-east-1.events",
        privateDns: true,
        statements: [
          { Effect: "Allow", Principal: "*", Action: ["events:PutEvents"], Resource: [graph.buses[0]?.arn] },
        ],
      },
      {
        service: "com.amazonaws.us-east-1.sqs",
        privateDns: true,
        statements: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: ["sqs:SendMessage", "sqs:ChangeMessageVisibility"],
            Resource: expect.toSatisfy((arns: string[]) => arns.toSorted().join() === queues.toSorted().join()),
          },
        ],
      },
    ]);
  });

  test("only what talks to MySQL is in the VPC", () => {
    const inVpc = graph.functions.filter((fn) => fn.vpc);
    expect(inVpc.map(({ name }) => name)).toEqual(usesMysql(graph).map(({ name }) => name));
  });

  test("migrations run by themselves when they change, before the consumer of the country", () => {
    for (const { triggers, name } of some(graph.invocations))
      expect(Object.keys(triggers), name).toEqual(["migrations"]);
    for (const { fn } of consumers(graph).filter((each) => each.fn.environment.COUNTRY)) {
      const migrator = only(
        deployers(graph).filter(({ environment }) => environment.COUNTRY === fn.environment.COUNTRY),
        `migration of ${fn.environment.COUNTRY}`,
      );
      // A migration may rebuild a table.
      expect(migrator.timeoutSeconds, migrator.name).toBe(300);
      const invocation = graph.resources.find((resource) => resource.name === `${migrator.name}Invocation`);
      const consumer = graph.resources.find((r) => r.type === "sst:aws:Function" && r.name === fn.name);
      expect(consumer?.options.dependsOn, fn.name).toContain(invocation?.urn);
    }
  });
});

describe("any other stage", () => {
  test("is cheap and removable", async () => {
    const graph = await graphOf("feature-x");
    for (const { inputs, options, name } of ofType(graph, instance)) {
      expect(inputs, name).toMatchObject({ deletionProtection: false, multiAz: false, skipFinalSnapshot: true });
      expect(inputs.instanceClass, name).toBe("db.t4g.micro");
      expect(options.retainOnDelete ?? false, name).toBe(false);
    }
    expect(ofType(graph, "aws:rds/proxy:Proxy")).toEqual([]);
    expect(ofType(graph, "aws:ec2/natGateway:NatGateway")).toEqual([]);
    expect(ofType(graph, "aws:dynamodb/table:Table")[0]?.inputs.deletionProtectionEnabled).toBe(false);
  });

  test("under sst dev has local databases: no RDS, no VPC, no NAT is created", async () => {
    const graph = await graphOf("someone", { dev: true });
    const types = new Set(graph.resources.map((resource) => resource.type));
    for (const type of types) expect(type).not.toMatch(/^aws:(rds|ec2)\//);
    expect(graph.links.DatabasePe?.url).toBe("mysql://appointmentsPe:appointments@127.0.0.1:13306/appointments_pe");
    expect(graph.links.DatabaseCl?.url).toBe("mysql://appointmentsCl:appointments@127.0.0.1:13306/appointments_cl");
    expect(graph.functions.every((fn) => fn.vpc === undefined)).toBe(true);
  });
});

describe("what a team already has", () => {
  const urls = {
    DATABASE_URL_PE: "mysql://app:p%40ss@db.example.pe:3306/citas",
    DATABASE_URL_CL: "mysql://app:secret@db.example.cl:3306/citas",
  };
  const vpc = {
    LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
    SUBNET_ID_1: "subnet-0123456789abcdef0",
    SUBNET_ID_2: "subnet-0123456789abcdef1",
  };
  const created = (graph: Graph) =>
    graph.resources.filter(({ type }) => /^aws:(rds|ec2)\//.test(type)).map(({ name }) => name);

  test("given databases and VPC are used: no VPC and no RDS is created", async () => {
    const graph = await graphOf("production", { env: { ...urls, ...vpc } });
    expect(created(graph)).toEqual([]);
    expect(graph.links.DatabasePe?.url).toBe(urls.DATABASE_URL_PE);
    expect(graph.links.DatabaseCl?.url).toBe(urls.DATABASE_URL_CL);
    for (const { name, vpc: given } of usesMysql(graph)) {
      expect(given, name).toEqual({
        securityGroupIds: [vpc.LAMBDA_SECURITY_GROUP_ID],
        subnetIds: [vpc.SUBNET_ID_1, vpc.SUBNET_ID_2],
      });
    }
  });

  test("a secret serves as well as a variable", async () => {
    const secrets = Object.fromEntries(
      Object.entries({ ...urls, ...vpc }).map(([name, value]) => [`SST_SECRET_${name}`, value]),
    );
    const graph = await graphOf("production", { env: secrets });
    expect(created(graph)).toEqual([]);
    expect(graph.links.DatabasePe?.url).toBe(urls.DATABASE_URL_PE);
  });

  test("one given database leaves the other to be created", async () => {
    const graph = await graphOf("production", { env: { DATABASE_URL_PE: urls.DATABASE_URL_PE } });
    const names = ofType(graph, instance).map((database) => database.inputs.dbName);
    expect(names).toHaveLength(countriesOf(graph).length - 1);
    expect(names).not.toContain("appointments_pe");
  });

  test.each([
    [{ ...urls, SUBNET_ID_1: vpc.SUBNET_ID_1 }, "missing: LAMBDA_SECURITY_GROUP_ID, SUBNET_ID_2"],
    [{ ...vpc }, "give DATABASE_URL_PE too"],
    [{ DATABASE_URL_PE: "mysql://u:hunter2@h" }, "DATABASE_URL_PE must be mysql://"],
  ])("half of it is refused with what to do: %#", async (env, message) => {
    const refusal = graphOf("production", { env });
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.not.toThrow("hunter2");
  });
});
