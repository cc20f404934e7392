import { at, each, finding, type Rule, text } from "./rule.ts";

interface NameLimit {
  rule: string;
  type: string;
  property: string;
  /** Most characters. */
  most: number;
  allowed: RegExp;
  /** `allowed` in words. */
  means: string;
  page: string;
}

/** What AWS takes as a name, service by service. */
const limits: NameLimit[] = [
  {
    rule: "lambda.function-name",
    type: "aws:lambda/function:Function",
    property: "name",
    most: 64,
    allowed: /^[a-zA-Z0-9-_]+$/,
    means: "letters, digits, hyphens and underscores",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
  },
  {
    rule: "sqs.queue-name",
    type: "aws:sqs/queue:Queue",
    property: "name",
    most: 80,
    allowed: /^[a-zA-Z0-9-_]+(\.fifo)?$/,
    means: "letters, digits, hyphens and underscores; .fifo at the end of a FIFO queue's",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
  },
  {
    rule: "sns.topic-name",
    type: "aws:sns/topic:Topic",
    property: "name",
    most: 256,
    allowed: /^[a-zA-Z0-9-_]+(\.fifo)?$/,
    means: "letters, digits, hyphens and underscores; .fifo at the end of a FIFO topic's",
    page: "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
  },
  {
    rule: "events.bus-name",
    type: "aws:cloudwatch/eventBus:EventBus",
    property: "name",
    most: 256,
    // `default` is there already, and aws. is for AWS's partners.
    allowed: /^(?!default$)(?!aws\.)[a-zA-Z0-9-_.]+$/,
    means: "letters, digits, hyphens, underscores and dots, not default and not aws.…",
    page: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html",
  },
  {
    rule: "events.rule-name",
    type: "aws:cloudwatch/eventRule:EventRule",
    property: "name",
    most: 64,
    allowed: /^[a-zA-Z0-9-_.]+$/,
    means: "letters, digits, hyphens, underscores and dots",
    page: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
  },
  {
    rule: "scheduler.schedule-name",
    type: "aws:scheduler/schedule:Schedule",
    property: "name",
    most: 64,
    allowed: /^[a-zA-Z0-9-_.]+$/,
    means: "letters, digits, hyphens, underscores and dots",
    page: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html",
  },
  {
    rule: "dynamodb.table-name",
    type: "aws:dynamodb/table:Table",
    property: "name",
    most: 255,
    allowed: /^[a-zA-Z0-9-_.]{3,}$/,
    means: "at least three letters, digits, hyphens, underscores and dots",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
  },
  {
    rule: "iam.role-name",
    type: "aws:iam/role:Role",
    property: "name",
    most: 64,
    allowed: /^[\w+=,.@-]+$/,
    means: "letters, digits and _+=,.@-",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  },
  {
    rule: "logs.group-name",
    type: "aws:cloudwatch/logGroup:LogGroup",
    property: "name",
    most: 512,
    allowed: /^(?!aws\/)[a-zA-Z0-9-_./#]+$/,
    means: "letters, digits and -_./#, not starting with aws/",
    page: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  },
  {
    rule: "secretsmanager.secret-name",
    type: "aws:secretsmanager/secret:Secret",
    property: "name",
    most: 512,
    allowed: /^[\w/+=.@-]+$/,
    means: "letters, digits and /_+=.@-",
    page: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
  },
  {
    rule: "apigateway.api-name",
    type: "aws:apigatewayv2/api:Api",
    property: "name",
    most: 128,
    allowed: /^.+$/s,
    means: "any text",
    page: "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html",
  },
  {
    rule: "rds.identifier",
    type: "aws:rds/instance:Instance",
    property: "identifier",
    most: 63,
    allowed: /^[a-z](?!.*--)[a-z0-9-]*(?<!-)$/,
    means: "small letters, digits and single hyphens, a letter first and no hyphen last",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
  },
  {
    rule: "rds.final-snapshot-name",
    type: "aws:rds/instance:Instance",
    property: "finalSnapshotIdentifier",
    most: 255,
    allowed: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$/,
    means: "letters, digits and single hyphens, a letter first and no hyphen last",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html",
  },
  {
    rule: "rds.username",
    type: "aws:rds/instance:Instance",
    property: "username",
    most: 16,
    allowed: /^(?!(?:rdsadmin|root|mysql|sys|user|group|order|select|table)$)[a-zA-Z]\w*$/i,
    means: "letters, digits and underscores, a letter first, no word that MySQL or RDS keeps for itself",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
  },
  {
    rule: "rds.database-name",
    type: "aws:rds/instance:Instance",
    property: "dbName",
    most: 64,
    allowed: /^(?!(?:mysql|sys|information_schema|performance_schema|innodb)$)[a-zA-Z]\w*$/i,
    means: "letters, digits and underscores, a letter first, none of MySQL's own databases",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
  },
  {
    rule: "rds.parameter-group-name",
    type: "aws:rds/parameterGroup:ParameterGroup",
    property: "name",
    most: 255,
    allowed: /^[a-z](?!.*--)[a-z0-9-]*(?<!-)$/,
    means: "small letters, digits and single hyphens, a letter first and no hyphen last",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html",
  },
  {
    rule: "rds.subnet-group-name",
    type: "aws:rds/subnetGroup:SubnetGroup",
    property: "name",
    most: 255,
    allowed: /^(?!default$)[a-z0-9-_. ]+$/,
    means: "small letters, digits, hyphens, underscores, dots and spaces, not default",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
  },
  {
    rule: "rds.proxy-name",
    type: "aws:rds/proxy:Proxy",
    property: "name",
    most: 63,
    allowed: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$/,
    means: "letters, digits and single hyphens, a letter first and no hyphen last",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
  },
];

export const nameRules: Rule[] = [
  ...limits.map(({ rule, type, property, most, allowed, means, page }) =>
    each(type, { name: rule, says: `\`${property}\` has at most ${most} characters: ${means}.`, page }, (resource) => {
      const name = text(at(resource, property));
      if (name === undefined) return undefined;
      if (name.length > most) {
        return `${property} has ${name.length} characters, ${most} are allowed: ${name}. Take a shorter one (or a shorter stage).`;
      }
      return allowed.test(name) ? undefined : `${property} is ${JSON.stringify(name)}; allowed are ${means}.`;
    }),
  ),
  {
    name: "graph.one-name",
    says: "No two resources of a type have the same name on AWS.",
    page: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
    check: (graph) => {
      const named = graph.resources.flatMap((resource) => {
        const limit = limits.find(({ type, rule }) => type === resource.type && /name$|identifier$/.test(rule));
        const name = limit && text(at(resource, limit.property));
        // A rule's name is its bus's.
        return name
          ? [{ resource, key: [resource.type, at(resource, "eventBusName"), name.toLowerCase()].join(" ") }]
          : [];
      });
      return [...Map.groupBy(named, ({ key }) => key).values()].flatMap(([first, ...others]) =>
        others.map(({ resource }) =>
          finding(resource, `Has the same name on AWS as ${first?.resource.name}. Name one of them differently.`),
        ),
      );
    },
  },
];
