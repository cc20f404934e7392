import type { Graph } from "@appointments/graph/graph";
import { installedProvider, lint, rules } from "@appointments/graph/rule/lint";
import type { Provider } from "@appointments/graph/rule/provider";
import { beforeAll, expect, test } from "vitest";
import { root } from "../repository.ts";
import { type Edit, mistaken } from "./mistake.ts";
import { account, graphOf } from "./stage.ts";

const long = (length: number) => "x".repeat(length);
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** For each rule a mistake that it is there for: in which resource, and how it is made. */
const mistakes: Record<string, [resource: string, make: (edit: Edit) => void]> = {
  "apigateway.access-log": [
    "ApiStage",
    ({ set }) => set("ApiStage", "accessLogSettings.format", `{"to":"$context.routeKey","path":"$context.path"}`),
  ],
  "apigateway.api-name": ["ApiApi", ({ set }) => set("ApiApi", "name", long(129))],
  "apigateway.audience": [
    "ApiAuthorizerTokensAuthorizer",
    ({ set }) => set("ApiAuthorizerTokensAuthorizer", "jwtConfiguration.audiences", []),
  ],
  "apigateway.cors": [
    "ApiApi",
    ({ set }) => {
      set("ApiApi", "corsConfiguration.allowCredentials", true);
      set("ApiApi", "corsConfiguration.allowOrigins", ["*"]);
    },
  ],
  "apigateway.cors-age": ["ApiApi", ({ set }) => set("ApiApi", "corsConfiguration.maxAge", 86_401)],
  "apigateway.cors-authorization": ["ApiApi", ({ set }) => set("ApiApi", "corsConfiguration.allowHeaders", ["*"])],
  "apigateway.cors-origins": ["ApiApi", ({ set }) => set("ApiApi", "corsConfiguration.allowOrigins", ["https://*"])],
  "apigateway.function-timeout": [
    "ApiRouteBookAppointmentIntegration",
    ({ set }) => set("appointmentFunction", "timeout", 60),
  ],
  "apigateway.integration-timeout": [
    "ApiRouteBookAppointmentIntegration",
    ({ set }) => set("ApiRouteBookAppointmentIntegration", "timeoutMilliseconds", 60_000),
  ],
  "apigateway.issuer": [
    "ApiAuthorizerTokensAuthorizer",
    ({ set }) => set("ApiAuthorizerTokensAuthorizer", "jwtConfiguration.issuer", "http://login.example.com"),
  ],
  "apigateway.open-route": [
    "ApiRouteBookAppointmentRoute",
    ({ set }) => set("ApiRouteBookAppointmentRoute", "authorizationType", "NONE"),
  ],
  "apigateway.permission": [
    "ApiRouteBookAppointmentIntegration",
    ({ graph }) => {
      // Each route brings one, and each is for the whole API.
      graph.resources = graph.resources.filter(({ name }) => !/^ApiRoute.*Permissions$/.test(name));
    },
  ],
  "apigateway.route-key": [
    "ApiRouteBookAppointmentRoute",
    ({ set }) => set("ApiRouteBookAppointmentRoute", "routeKey", "/appointments"),
  ],
  "apigateway.route-scope": [
    "ApiRouteBookAppointmentRoute",
    ({ set }) => set("ApiRouteBookAppointmentRoute", "authorizationScopes", []),
  ],
  "apigateway.route-settings": ["ApiStage", ({ remove }) => remove("ApiRouteBookAppointmentRoute")],
  "apigateway.throttle": [
    "ApiStage",
    ({ set }) => set("ApiStage", "routeSettings", [{ routeKey: "GET /health", throttlingRateLimit: 0 }]),
  ],
  "cognito.client-flows": [
    "PatientClient",
    ({ set }) => set("PatientClient", "allowedOauthFlows", ["code", "client_credentials"]),
  ],
  "cognito.custom-attributes": [
    "PatientClient",
    ({ set }) => set("PatientClient", "writeAttributes", ["email", "custom:insuredId"]),
  ],
  "cognito.deletion-protection": ["Callers", ({ set }) => set("Callers", "deletionProtection", "INACTIVE")],
  "cognito.token-version": [
    "Callers",
    ({ set }) => set("Callers", "lambdaConfig.preTokenGenerationConfig.lambdaVersion", "V2_0"),
  ],
  "cognito.trigger": ["Callers", ({ remove }) => remove("tokenClaimsPermission")],
  "deploy.consumer-first": [
    "appointmentFunction",
    ({ resource }) => {
      resource("appointmentFunction").options.dependsOn = [resource("confirmationFunction").urn];
    },
  ],
  "cloudwatch.alarms": ["Api-Errors", ({ remove }) => remove("AlarmsEmail")],
  "cloudwatch.scheduled": ["EveryMinute", ({ remove }) => remove("ReconcilerStopped")],
  "dynamodb.attributes": [
    "AppointmentsTable",
    ({ set }) =>
      set("AppointmentsTable", "attributes", [
        { name: "pk", type: "S" },
        { name: "status", type: "S" },
      ]),
  ],
  "dynamodb.index-name": [
    "AppointmentsTable",
    ({ set }) =>
      set("AppointmentsTable", "globalSecondaryIndexes", [
        { name: "p", hashKey: "pendingShard", rangeKey: "retryAt", projectionType: "ALL" },
      ]),
  ],
  "dynamodb.indexes": [
    "AppointmentsTable",
    ({ set }) =>
      set(
        "AppointmentsTable",
        "globalSecondaryIndexes",
        Array.from({ length: 21 }, (_, index) => ({ name: `index${index}`, hashKey: "pk", projectionType: "ALL" })),
      ),
  ],
  "dynamodb.table-name": ["AppointmentsTable", ({ set }) => set("AppointmentsTable", "name", "a table")],
  "dynamodb.ttl": ["AppointmentsTable", ({ set }) => set("AppointmentsTable", "ttl.attributeName", "sk")],
  "events.bus-name": ["BusBus", ({ set }) => set("BusBus", "name", "aws.bus")],
  "events.dead-letter-policy": ["DecidedTarget", ({ remove }) => remove("SQS_CONFIRMATION_DLQPolicy")],
  "events.event-age": [
    "DecidedTarget",
    ({ set }) => set("DecidedTarget", "retryPolicy.maximumEventAgeInSeconds", 90_000),
  ],
  "events.expression": ["DecidedRule", ({ set }) => set("DecidedRule", "scheduleExpression", "rate(1 minute)")],
  "events.function-permission": [
    "DecidedTarget",
    ({ set, resource }) => set("DecidedTarget", "arn", resource("confirmationFunction").outputs.arn),
  ],
  "events.pattern": ["DecidedRule", ({ set }) => set("DecidedRule", "eventPattern", `{"source":"appointments.pe"}`)],
  "events.queue-policy": ["DecidedTarget", ({ remove }) => remove("SQS_CONFIRMATIONPolicy")],
  "events.retry-attempts": [
    "DecidedTarget",
    ({ set }) => set("DecidedTarget", "retryPolicy.maximumRetryAttempts", 186),
  ],
  "events.rule-name": ["DecidedRule", ({ set }) => set("DecidedRule", "name", long(65))],
  "events.targets": ["DecidedRule", ({ remove }) => remove("DecidedTarget")],
  "graph.cycle": [
    "SQS_CLQueue",
    ({ resource }) => {
      resource("SQS_CL_DLQQueue").options.dependsOn = [resource("SQS_CLQueue").urn];
    },
  ],
  "graph.dangling": ["SQS_CLQueue", ({ remove }) => remove("SQS_CL_DLQQueue")],
  "graph.one-name": ["Twin", ({ again }) => again("SQS_CLQueue", "Twin")],
  "iam.managed-policies": [
    "reconcileRole",
    ({ set }) =>
      set(
        "reconcileRole",
        "managedPolicyArns",
        Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/Policy${index}`),
      ),
  ],
  "iam.policy": [
    "reconcileRole",
    ({ set }) => set("reconcileRole", "inlinePolicies", [{ name: "inline", policy: policy() }]),
  ],
  "iam.policy-size": [
    "reconcileRole",
    ({ set }) =>
      set("reconcileRole", "inlinePolicies", [
        {
          name: "inline",
          policy: policy({ Effect: "Allow", Action: "sns:Publish", Resource: `arn:aws:sns:::${long(10_300)}` }),
        },
      ]),
  ],
  "iam.role-name": ["reconcileRole", ({ set }) => set("reconcileRole", "name", long(65))],
  "iam.trust": [
    "reconcileRole",
    ({ set }) => set("reconcileRole", "assumeRolePolicy", policy({ Effect: "Allow", Action: "sts:AssumeRole" })),
  ],
  "iam.understood": [
    "SQS_PEPolicy",
    ({ set, resource }) =>
      set(
        "SQS_PEPolicy",
        "policy",
        policy({
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: resource("SQS_PEQueue").outputs.arn,
          Principal: "*",
          Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } },
        }),
      ),
  ],
  "kms.at-rest": ["BusArchive", ({ set }) => set("BusArchive", "kmsKeyIdentifier", undefined)],
  "kms.caller": [
    "confirmationFunction",
    ({ graph }) => {
      const fn = graph.functions.find(({ name }) => name === "confirmation");
      if (fn)
        fn.statements = fn.statements.filter(({ conditions }) => !JSON.stringify(conditions)?.includes("dynamodb"));
    },
  ],
  "kms.deletion": ["StageKey", ({ set }) => set("StageKey", "deletionWindowInDays", 7)],
  "kms.rotation": ["StageKey", ({ set }) => set("StageKey", "enableKeyRotation", false)],
  "kms.service": [
    "SQS_PEQueue",
    ({ set, resource }) =>
      set(
        "StageKey",
        "policy",
        String(resource("StageKey").inputs.policy).replace("sns.amazonaws.com", "s3.amazonaws.com"),
      ),
  ],
  "lambda.account-concurrency": [
    "production",
    ({ graph }) => {
      for (const mapping of graph.mappings) mapping.maximumConcurrency = 3;
    },
  ],
  "lambda.batch-size": [
    "SQS_PESubscriberBbtaeuEventSourceMapping",
    ({ set }) => set("SQS_PESubscriberBbtaeuEventSourceMapping", "batchSize", 10_001),
  ],
  "lambda.batch-window": [
    "SQS_PESubscriberBbtaeuEventSourceMapping",
    ({ set }) => set("SQS_PESubscriberBbtaeuEventSourceMapping", "maximumBatchingWindowInSeconds", 0),
  ],
  "lambda.description": ["reconcileFunction", ({ set }) => set("reconcileFunction", "description", long(257))],
  "lambda.environment-name": [
    "reconcileFunction",
    ({ set }) => set("reconcileFunction", "environment.variables.AWS_REGION", "us-east-1"),
  ],
  "lambda.environment-size": [
    "reconcileFunction",
    ({ set }) => set("reconcileFunction", "environment.variables.LARGE", long(4096)),
  ],
  "lambda.function-name": ["reconcileFunction", ({ set }) => set("reconcileFunction", "name", long(65))],
  "lambda.invocation-triggers": [
    "migratePeInvocation",
    ({ graph }) => {
      for (const { triggers } of graph.invocations) delete triggers.database;
    },
  ],
  "lambda.maximum-concurrency": [
    "SQS_PESubscriberBbtaeuEventSourceMapping",
    ({ set }) => set("SQS_PESubscriberBbtaeuEventSourceMapping", "scalingConfig.maximumConcurrency", 1),
  ],
  "lambda.memory": ["reconcileFunction", ({ set }) => set("reconcileFunction", "memorySize", 64)],
  "lambda.one-consumer": ["Twin", ({ again }) => again("SQS_PESubscriberBbtaeuEventSourceMapping", "Twin")],
  "lambda.poller-rights": [
    "SQS_PESubscriberBbtaeuEventSourceMapping",
    ({ set }) => set("appointmentPeRole", "inlinePolicies", []),
  ],
  "lambda.role": [
    "reconcileFunction",
    ({ set }) =>
      set(
        "reconcileRole",
        "assumeRolePolicy",
        policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }),
      ),
  ],
  "lambda.runtime": ["reconcileFunction", ({ set }) => set("reconcileFunction", "runtime", "nodejs20.x")],
  "lambda.storage": ["reconcileFunction", ({ set }) => set("reconcileFunction", "ephemeralStorage.size", 100)],
  "lambda.timeout": ["reconcileFunction", ({ set }) => set("reconcileFunction", "timeout", 901)],
  "lambda.visibility": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "visibilityTimeoutSeconds", 29)],
  "lambda.vpc-role": ["migratePeFunction", ({ set }) => set("migratePeRole", "managedPolicyArns", [])],
  "lambda.window": [
    "SQS_PESubscriberBbtaeuEventSourceMapping",
    ({ set }) => set("SQS_PESubscriberBbtaeuEventSourceMapping", "maximumBatchingWindowInSeconds", 301),
  ],
  "logs.group-name": ["reconcileLogGroup", ({ set }) => set("reconcileLogGroup", "name", "aws/lambda/reconcile")],
  "network.database": [
    "migratePeFunction",
    ({ set }) =>
      set("VpcSecurityGroup", "ingress", [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] },
      ]),
  ],
  "network.endpoint-dns": ["WayToBus", ({ set }) => set("VpcVpc", "enableDnsHostnames", false)],
  "network.loopback": [
    "appointmentPeFunction",
    ({ graph }) => {
      graph.links.DatabasePe = { url: "mysql://app:p@127.0.0.1:3306/citas" };
    },
  ],
  "network.one-vpc": [
    "migratePeFunction",
    ({ set }) => set("migratePeFunction", "vpcConfig.securityGroupIds", ["sg-0123456789abcdef0"]),
  ],
  "network.private-host": [
    "appointmentPeFunction",
    ({ graph, set }) => {
      graph.links.DatabasePe = { url: "mysql://app:p@10.1.2.3:3306/citas" };
      set("appointmentPeFunction", "vpcConfig", undefined);
    },
  ],
  "network.subnet-range": ["VpcPrivateSubnet1", ({ set }) => set("VpcPrivateSubnet1", "cidrBlock", "10.0.12.0/24")],
  "network.vpcs": ["Second", ({ again }) => again("VpcVpc", "Second")],
  "network.way-out": ["appointmentPeFunction", ({ remove }) => remove("WayToBus")],
  "rds.apply-immediately": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "applyImmediately", true)],
  "rds.backup-days": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "backupRetentionPeriod", 36)],
  "rds.connections": [
    "MysqlPeInstance",
    ({ graph }) => {
      for (const mapping of graph.mappings) mapping.maximumConcurrency = 60;
    },
  ],
  "rds.database-name": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "dbName", "appointments-pe")],
  "rds.family": ["MysqlPeInstance", ({ set }) => set("MysqlPeParameterGroup", "family", "mysql8.0")],
  "rds.final-snapshot": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "finalSnapshotIdentifier", undefined)],
  "rds.final-snapshot-name": [
    "MysqlPeInstance",
    ({ set }) => set("MysqlPeInstance", "finalSnapshotIdentifier", "appointments--final"),
  ],
  "rds.identifier": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "identifier", "8-appointments")],
  "rds.major-version": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "allowMajorVersionUpgrade", true)],
  "rds.owner-account": [
    "appointmentPeFunction",
    ({ graph }) => {
      graph.links.DatabasePe = { ...graph.links.DatabasePeOwner };
    },
  ],
  "rds.parameter-group-name": ["MysqlPeParameterGroup", ({ set }) => set("MysqlPeParameterGroup", "name", "ends-")],
  "rds.password": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "password", "p@ss/word with more")],
  "rds.proxy-name": [
    "Proxy",
    ({ again }) => {
      again("MysqlPeInstance", "Proxy", { name: "a_proxy" }).type = "aws:rds/proxy:Proxy";
    },
  ],
  "rds.storage": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "allocatedStorage", 10)],
  "rds.storage-growth": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "maxAllocatedStorage", 21)],
  "rds.storage-maximum": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "allocatedStorage", 200)],
  "rds.subnet-group": [
    "MysqlPeSubnetGroup",
    ({ set, resource }) => set("MysqlPeSubnetGroup", "subnetIds", [resource("VpcPrivateSubnet1").outputs.id]),
  ],
  "rds.subnet-group-name": ["MysqlPeSubnetGroup", ({ set }) => set("MysqlPeSubnetGroup", "name", "default")],
  "rds.username": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "username", "appointments-peru")],
  "rds.version": ["MysqlPeInstance", ({ set }) => set("MysqlPeInstance", "engineVersion", "8.0.40")],
  "scheduler.expression": [
    "EveryMinuteSchedule",
    ({ set }) => set("EveryMinuteSchedule", "scheduleExpression", "rate(1 minutes)"),
  ],
  "scheduler.retry-attempts": [
    "EveryMinuteSchedule",
    ({ set }) => set("EveryMinuteSchedule", "target.retryPolicy.maximumRetryAttempts", 200),
  ],
  "scheduler.role": ["EveryMinuteSchedule", ({ set }) => set("EveryMinuteRole", "inlinePolicies", [])],
  "scheduler.schedule-name": ["EveryMinuteSchedule", ({ set }) => set("EveryMinuteSchedule", "name", "every minute")],
  "schema.missing-property": [
    "migratePeFunction",
    ({ set }) => set("migratePeFunction", "vpcConfig.subnetIds", undefined),
  ],
  "schema.unknown-property": ["DecidedTarget", ({ set }) => set("DecidedTarget", "retryPolicy.maximumRetries", 3)],
  "schema.unknown-type": [
    "SQS_PEQueue",
    ({ resource }) => {
      resource("SQS_PEQueue").type = "aws:sqs/queues:Queues";
    },
  ],
  "schema.wrong-type": ["reconcileFunction", ({ set }) => set("reconcileFunction", "architectures", "arm64")],
  "secretsmanager.recovery": ["MysqlPeProxySecret", ({ set }) => set("MysqlPeProxySecret", "recoveryWindowInDays", 0)],
  "secretsmanager.secret-name": ["MysqlPeProxySecret", ({ set }) => set("MysqlPeProxySecret", "name", "a secret")],
  "sns.dead-letter-policy": ["RequestedPe", ({ remove }) => remove("SQS_PE_DLQPolicy")],
  "sns.fifo": ["RequestedPe", ({ set }) => set("SQS_PEQueue", "fifoQueue", true)],
  "sns.filter-policy": ["RequestedPe", ({ set }) => set("RequestedPe", "filterPolicy", `{"countryISO":"PE"}`)],
  "sns.queue-policy": ["RequestedPe", ({ remove }) => remove("SQS_PEPolicy")],
  "sns.topic-name": ["RequestedTopic", ({ set }) => set("RequestedTopic", "name", "re:quested")],
  "sqs.dead-letter-kind": [
    "SQS_PEQueue",
    ({ set }) => {
      set("SQS_PE_DLQQueue", "fifoQueue", true);
      set("SQS_PE_DLQQueue", "name", "dead.fifo");
    },
  ],
  "sqs.dead-letter-queue": [
    "SQS_PEQueue",
    ({ set }) =>
      set(
        "SQS_PEQueue",
        "redrivePolicy",
        `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:gone","maxReceiveCount":10}`,
      ),
  ],
  "sqs.dead-letter-retention": ["SQS_PEQueue", ({ set }) => set("SQS_PE_DLQQueue", "messageRetentionSeconds", 3600)],
  "sqs.delay": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "delaySeconds", 901)],
  "sqs.fifo-name": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "fifoQueue", true)],
  "sqs.message-size": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "maxMessageSize", 2_000_000)],
  "sqs.one-policy": ["Twin", ({ again }) => again("SQS_PEPolicy", "Twin")],
  "sns.tls": ["RequestedTopic", ({ remove }) => remove("RequestedPolicy")],
  "sqs.tls": [
    "SQS_PEQueue",
    ({ set, resource }) =>
      set(
        "SQS_PEPolicy",
        "policy",
        String(resource("SQS_PEPolicy").inputs.policy).replace("SecureTransport", "SourceAccount"),
      ),
  ],
  "sqs.policy": ["SQS_PEPolicy", ({ set }) => set("SQS_PEPolicy", "policy", `{"Statement":[]}`)],
  "sqs.policy-resource": [
    "SQS_PEQueue",
    ({ set, resource }) => set("SQS_PEPolicy", "policy", resource("SQS_CLPolicy").inputs.policy),
  ],
  "sqs.queue-name": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "name", long(81))],
  "sqs.receive-count": [
    "SQS_PEQueue",
    ({ set, resource }) =>
      set(
        "SQS_PEQueue",
        "redrivePolicy",
        JSON.stringify({ deadLetterTargetArn: resource("SQS_PE_DLQQueue").outputs.arn, maxReceiveCount: 0 }),
      ),
  ],
  "sqs.retention": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "messageRetentionSeconds", 59)],
  "sqs.visibility": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "visibilityTimeoutSeconds", 43_201)],
  "sqs.wait": ["SQS_PEQueue", ({ set }) => set("SQS_PEQueue", "receiveWaitTimeSeconds", 21)],
  "stage.account": [
    "production",
    ({ graph }) => {
      delete graph.allowedAccounts;
    },
  ],
  "stage.dev": [
    "production",
    ({ graph }) => {
      graph.dev = true;
    },
  ],
  "stage.region": [
    "production",
    ({ graph }) => {
      delete graph.regionPinned;
    },
  ],
};

let graph: Graph;
let provider: Provider;
beforeAll(async () => {
  [graph, provider] = await Promise.all([graphOf("production"), installedProvider(root)]);
});

test("there is a mistake for every rule, and a source and one name for each", () => {
  expect(rules.map(({ name }) => name)).toEqual(Object.keys(mistakes).sort());
  for (const { name, page, says } of rules) {
    expect(page, name).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|www\.pulumi\.com)\//);
    expect(says, name).toMatch(/^[A-Z`].+\.$/s);
  }
});

test.each(Object.entries(mistakes).map(([name, [resource, make]]) => ({ name, resource, make })))(
  "$name finds its mistake, in $resource",
  ({ name, resource, make }) => {
    const found = lint(mistaken(graph, make), provider, account).filter(({ rule }) => rule === name);
    expect(found.map((fault) => fault.resource.split(" ")[1])).toContain(resource);
    // Says what to do, and not what is secret.
    for (const { message } of found) {
      expect(message.length).toBeGreaterThan(20);
      expect(message).not.toContain("p@ss/word");
    }
  },
);

test.each([
  ["rate(5 minutes)", "rate(1 hour)", "cron(0 12 * * ? *)", "cron(0/15 8-18 ? * MON-FRI *)", "at(2027-01-31T12:00:00)"],
])("schedules that AWS takes are taken", (...expressions) => {
  for (const expression of expressions) {
    const changed = mistaken(graph, ({ set }) => set("EveryMinuteSchedule", "scheduleExpression", expression));
    expect(lint(changed, provider, account), expression).toEqual([]);
  }
});

test.each([
  "rate(0 minutes)",
  "rate(5 minute)",
  "rate(5 seconds)",
  "cron(0 12 * * *)",
  "cron(0 12 * * * *)",
  "cron(0 12 ? * ? *)",
  "every minute",
])("the schedule %s, that AWS refuses, is refused", (expression) => {
  const changed = mistaken(graph, ({ set }) => set("EveryMinuteSchedule", "scheduleExpression", expression));
  expect(lint(changed, provider, account).map(({ rule }) => rule)).toEqual(["scheduler.expression"]);
});

test("a group of its own that lets the functions in, and only them, is a way to the database", () => {
  const group = (edit: Edit, port: number) => {
    const own = edit.again("VpcSecurityGroup", "DatabaseGroup", {
      ingress: [
        {
          protocol: "tcp",
          fromPort: port,
          toPort: port,
          securityGroups: [edit.resource("VpcSecurityGroup").outputs.id],
        },
      ],
    });
    own.type = "aws:ec2/securityGroup:SecurityGroup";
    own.outputs.id = "sg-00000000000000009";
    edit.set("MysqlPeInstance", "vpcSecurityGroupIds", [own.outputs.id]);
  };
  const networkFaults = (port: number) =>
    lint(
      mistaken(graph, (edit) => group(edit, port)),
      provider,
      account,
    ).filter(({ rule }) => rule === "network.database");
  expect(networkFaults(3306)).toEqual([]);
  expect(new Set(networkFaults(5432).map(({ resource }) => resource.split(" ")[1]))).toEqual(
    new Set(["appointmentPeFunction", "erasePeFunction", "lookupPeFunction", "migratePeFunction"]),
  );
});

test("a NAT is a way out as well as an endpoint", () => {
  const changed = mistaken(graph, (edit) => {
    edit.remove("WayToBus");
    for (const table of ["VpcPrivateRouteTable1", "VpcPrivateRouteTable2"]) {
      edit.set(table, "routes", [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-00000000000000001" }]);
    }
  });
  expect(lint(changed, provider, account).filter(({ rule }) => rule === "network.way-out")).toEqual([]);
});

test("an endpoint whose policy lets other calls through is no way", () => {
  const changed = mistaken(graph, ({ set, resource }) =>
    set("WayToBus", "policy", resource("WayToQueues").inputs.policy),
  );
  const [first] = lint(changed, provider, account).filter(({ rule }) => rule === "network.way-out");
  expect(first?.message).toContain("endpoint WayToBus does not let events:PutEvents");
});
