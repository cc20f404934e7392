import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { copyRepository } from "../repository.ts";
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
        applyImmediately: false,
        allowMajorVersionUpgrade: false,
        maxAllocatedStorage: 100,
      });
      expect(inputs.engineVersion, name).toMatch(/^8\.4/);
      expect(inputs.finalSnapshotIdentifier, name).toMatch(/^appointments-production-mysql(pe|cl)-final$/);
      expect(options.retainOnDelete, name).toBe(true);
    }
  });

  test("functions reach MySQL without a proxy, over TLS", () => {
    expect(ofType(graph, "aws:rds/proxy:Proxy")).toEqual([]);
    for (const group of some(ofType(graph, "aws:rds/parameterGroup:ParameterGroup"))) {
      expect(group.inputs.parameters, group.name).toEqual([{ name: "require_secure_transport", value: "ON" }]);
    }
  });

  test("the zones are those of the configuration, whatever AWS lists first", () => {
    const zones = ofType(graph, "aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZone);
    expect([...new Set(some(zones))].sort()).toEqual(["us-east-1b", "us-east-1c"]);
    expect([graph.regionPinned, graph.allowedAccounts]).toEqual([true, ["123456789012"]]);
  });

  test("a deleted secret can be restored for a month", () => {
    for (const { name, inputs } of some(ofType(graph, "aws:secretsmanager/secret:Secret")))
      expect(inputs.recoveryWindowInDays, name).toBe(30);
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
    for (const { triggers, functionArn, name } of some(graph.invocations)) {
      const migrator = graph.functions.find(({ arn }) => arn === functionArn);
      const database = graph.databases.find(({ name: each }) => each === migrator?.name.replace("migrate", "Mysql"));
      const resource = ofType(graph, instance).find(({ outputs }) => outputs.id === database?.identifier);
      expect(triggers, name).toEqual({
        migrations: expect.stringMatching(/^[0-9a-f]{64}$/),
        database: `${database?.hosts[0]}:3306/${database?.database} ${resource?.outputs.resourceId}`,
      });
    }
    for (const { fn } of consumers(graph).filter((each) => each.fn.environment.COUNTRY)) {
      const migrator = only(
        deployers(graph).filter(({ environment }) => environment.COUNTRY === fn.environment.COUNTRY),
        `migration of ${fn.environment.COUNTRY}`,
      );
      // A migration may rebuild a table.
      expect(migrator.timeoutSeconds, migrator.name).toBe(900);
      const invocation = graph.resources.find((resource) => resource.name === `${migrator.name}Invocation`);
      const consumer = graph.resources.find((r) => r.type === "sst:aws:Function" && r.name === fn.name);
      expect(consumer?.options.dependsOn, fn.name).toContain(invocation?.urn);
    }
  });
});

test("a country's database is restored from the snapshot that its stage's home names, beside the instance it replaces", async () => {
  const copy = await copyRepository();
  try {
    const zones = 'zones: ["us-east-1b", "us-east-1c"]';
    await copy.edit("packages/infra/src/home.ts", zones, `${zones}, snapshots: { PE: "before-the-accident" }`);
    const graph = await graphOf("production", { root: copy.root });
    const inputs = (name: string) => ofType(graph, instance).find((each) => each.name === name)?.inputs;
    expect(inputs("MysqlPeInstance")).toMatchObject({
      snapshotIdentifier: "before-the-accident",
      identifier: expect.stringMatching(/^appointments-production-mysqlpe-[0-9a-f]{8}$/),
    });
    expect(inputs("MysqlClInstance")?.snapshotIdentifier).toBeUndefined();
    expect(inputs("MysqlClInstance")?.identifier).not.toMatch(/[0-9a-f]{8}$/);
  } finally {
    await copy.remove();
  }
});

describe("a protected stage", () => {
  test.each(["production", "prod-eu"])("%s is not what sst dev takes apart", async (stage) => {
    await expect(graphOf(stage, { dev: true })).rejects.toThrow(
      stage === "production" ? "sst dev would take stage production apart" : `Stage ${stage} needs an account`,
    );
  });
});

describe("any other stage", () => {
  test("is cheap and removable", async () => {
    const graph = await graphOf("feature-x");
    const { inputs, options } = only(ofType(graph, instance), "instance");
    expect(inputs).toMatchObject({ deletionProtection: false, multiAz: false, skipFinalSnapshot: true });
    expect(inputs.instanceClass).toBe("db.t4g.micro");
    expect(options.retainOnDelete ?? false).toBe(false);
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

describe("the account of a function", () => {
  const accountsOf = (graph: Graph) =>
    usesMysql(graph).flatMap((fn) =>
      databaseLinks(graph, fn).map((link) => {
        const { username, password, hostname, pathname } = new URL(String(graph.links[link]?.url));
        return { fn: fn.name, deploys: deployers(graph).includes(fn), username, password, hostname, pathname };
      }),
    );

  test.each(["production", "feature-x"])("in %s is not the owner's, and each country has its own", async (stage) => {
    const graph = await graphOf(stage);
    const accounts = accountsOf(graph);
    const owners = graph.databases.map(({ username, password, hosts }) => `${username}:${password}@${hosts[0]}`);
    for (const { fn, deploys, username, password, hostname } of some(accounts)) {
      if (!deploys) expect(owners, fn).not.toContain(`${username}:${password}@${hostname}`);
    }
    // A migration has both: it makes the account as the owner.
    for (const { fn } of accounts.filter((each) => each.deploys)) {
      const own = accounts.filter((each) => each.fn === fn);
      expect(new Set(own.map(({ pathname }) => pathname)).size, fn).toBe(1);
      expect(
        own.filter(({ username }) => username === "owner"),
        fn,
      ).toHaveLength(1);
    }
    const ofFunctions = accounts.filter(({ deploys }) => !deploys);
    for (const key of ["username", "password", "pathname"] as const)
      expect(new Set(ofFunctions.map((account) => account[key])).size, key).toBe(countriesOf(graph).length);
    expect(new Set(ofFunctions.map(({ hostname }) => hostname)).size).toBe(graph.databases.length);
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
  const asSecrets = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`SST_SECRET_${name}`, value]));
  const created = (graph: Graph) =>
    graph.resources.filter(({ type }) => /^aws:(rds|ec2)\//.test(type)).map(({ name }) => name);

  test("given databases and VPC are used: no VPC, no endpoint and no RDS is created", async () => {
    const graph = await graphOf("production", { env: asSecrets({ ...urls, ...vpc }) });
    expect(created(graph)).toEqual([]);
    for (const country of ["Pe", "Cl"] as const) {
      const given = urls[country === "Pe" ? "DATABASE_URL_PE" : "DATABASE_URL_CL"];
      expect(graph.links[`Database${country}`]?.url).toBe(given);
      expect(graph.links[`Database${country}Owner`]?.url).toBe(given);
    }
    expect(graph.invocations.map(({ triggers }) => triggers.database).sort()).toEqual([
      "db.example.cl:3306/citas",
      "db.example.pe:3306/citas",
    ]);
    for (const { name, vpc: given } of usesMysql(graph)) {
      expect(given, name).toEqual({
        securityGroupIds: [vpc.LAMBDA_SECURITY_GROUP_ID],
        subnetIds: [vpc.SUBNET_ID_1, vpc.SUBNET_ID_2],
      });
    }
  });

  test("a variable serves as well as a secret on another stage; in production it is refused", async () => {
    const graph = await graphOf("feature-x", { env: urls });
    expect(created(graph)).toEqual([]);
    expect(graph.links.DatabasePe?.url).toBe(urls.DATABASE_URL_PE);
    await expect(graphOf("production", { env: urls })).rejects.toThrow("DATABASE_URL_PE is set in the environment");
  });

  test("a database on the deployer's machine is refused on AWS, and serves npm start and sst dev", async () => {
    const env = { DATABASE_URL_PE: "mysql://app:hunter2@127.0.0.1:3306/citas" };
    await expect(graphOf("feature-x", { env })).rejects.toThrow("DATABASE_URL_PE names 127.0.0.1");
    for (const options of [{ dev: true }, { command: "start" }]) {
      const graph = await graphOf("feature-x", { env, ...options });
      expect(graph.links.DatabasePe?.url).toBe(env.DATABASE_URL_PE);
    }
  });

  test("another database than the last deployment's needs an explicit word, before anything is made", async () => {
    const folder = "/appointments/feature-x/database";
    const existing = {
      getParametersByPath: { names: [`${folder}/PE`, `${folder}/CL`], values: ["created", "created"] },
    };
    const records = (graph: Graph) =>
      Object.fromEntries(ofType(graph, "aws:ssm/parameter:Parameter").map(({ inputs }) => [inputs.name, inputs.value]));
    const first = await graphOf("feature-x");
    expect(records(first)).toEqual({ [`${folder}/PE`]: "created", [`${folder}/CL`]: "created" });
    await graphOf("feature-x", { existing });
    const env = { DATABASE_URL_PE: urls.DATABASE_URL_PE };
    await expect(graphOf("feature-x", { existing, env })).rejects.toThrow(
      "deploy with MOVE_DATABASE_PE=db.example.pe:3306/citas",
    );
    const word = { MOVE_DATABASE_PE: "db.example.pe:3306/citas" };
    const moved = await graphOf("feature-x", { existing, env: { ...env, ...word } });
    expect(records(moved)).toMatchObject({ [`${folder}/PE`]: word.MOVE_DATABASE_PE });
  });

  test("one given database leaves the other to be created", async () => {
    const graph = await graphOf("production", { env: asSecrets({ DATABASE_URL_PE: urls.DATABASE_URL_PE }) });
    const names = ofType(graph, instance).map((database) => database.inputs.dbName);
    expect(names).toHaveLength(countriesOf(graph).length - 1);
    expect(names).not.toContain("appointments_pe");
  });

  test("half of it is refused with what to do, and without the password", async () => {
    const refusal = graphOf("feature-x", { env: { DATABASE_URL_PE: "mysql://u:hunter2@h" } });
    await expect(refusal).rejects.toThrow("DATABASE_URL_PE must be mysql://");
    await expect(refusal).rejects.not.toThrow("hunter2");
  });
});
