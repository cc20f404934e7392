import { at, aws, text } from "../resource.ts";
import { each, type Rule, repeated } from "./rule.ts";

/** What a name may be made of, as an expression and in words. */
const alphabets = {
  anything: [/^.+$/s, "any text"],
  hyphenated: [/^[a-zA-Z0-9-_]+$/, "letters, digits, hyphens and underscores"],
  queue: [/^[a-zA-Z0-9-_]+(\.fifo)?$/, "letters, digits, hyphens and underscores; .fifo at the end of a FIFO queue's"],
  topic: [/^[a-zA-Z0-9-_]+(\.fifo)?$/, "letters, digits, hyphens and underscores; .fifo at the end of a FIFO topic's"],
  dotted: [/^[a-zA-Z0-9-_.]+$/, "letters, digits, hyphens, underscores and dots"],
  // `default` is there already, and aws. is for AWS's partners.
  bus: [
    /^(?!default$)(?!aws\.)[a-zA-Z0-9-_.]+$/,
    "letters, digits, hyphens, underscores and dots, not default and not aws.…",
  ],
  table: [/^[a-zA-Z0-9-_.]{3,}$/, "at least three letters, digits, hyphens, underscores and dots"],
  role: [/^[\w+=,.@-]+$/, "letters, digits and _+=,.@-"],
  logGroup: [/^(?!aws\/)[a-zA-Z0-9-_./#]+$/, "letters, digits and -_./#, not starting with aws/"],
  secret: [/^[\w/+=.@-]+$/, "letters, digits and /_+=.@-"],
  singleHyphens: [
    /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$/,
    "letters, digits and single hyphens, a letter first and no hyphen last",
  ],
  smallHyphenated: [
    /^[a-z](?!.*--)[a-z0-9-]*(?<!-)$/,
    "small letters, digits and single hyphens, a letter first and no hyphen last",
  ],
  username: [
    /^(?!(?:rdsadmin|root|mysql|sys|user|group|order|select|table)$)[a-zA-Z]\w*$/i,
    "letters, digits and underscores, a letter first, no word that MySQL or RDS keeps for itself",
  ],
  database: [
    /^(?!(?:mysql|sys|information_schema|performance_schema|innodb)$)[a-zA-Z]\w*$/i,
    "letters, digits and underscores, a letter first, none of MySQL's own databases",
  ],
  subnetGroup: [
    /^(?!default$)[a-z0-9-_. ]+$/,
    "small letters, digits, hyphens, underscores, dots and spaces, not default",
  ],
} satisfies Record<string, [allowed: RegExp, means: string]>;

type Limit = [rule: string, type: string, property: string, most: number, of: keyof typeof alphabets];

/** What AWS takes as a name and how many characters at most, by the page that states it. */
const limits: Record<string, Limit[]> = {
  "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html": [
    ["lambda.function-name", aws.function, "name", 64, "hyphenated"],
  ],
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html": [
    ["sqs.queue-name", aws.queue, "name", 80, "queue"],
  ],
  "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html": [
    ["sns.topic-name", aws.topic, "name", 256, "topic"],
  ],
  "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html": [
    ["events.bus-name", aws.bus, "name", 256, "bus"],
  ],
  "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html": [
    ["events.rule-name", aws.rule, "name", 64, "dotted"],
  ],
  "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html": [
    ["scheduler.schedule-name", aws.schedule, "name", 64, "dotted"],
  ],
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html": [
    ["dynamodb.table-name", aws.table, "name", 255, "table"],
  ],
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html": [
    ["iam.role-name", aws.role, "name", 64, "role"],
  ],
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html": [
    ["logs.group-name", aws.logGroup, "name", 512, "logGroup"],
  ],
  "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html": [
    ["secretsmanager.secret-name", aws.secret, "name", 512, "secret"],
  ],
  "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html": [
    ["apigateway.api-name", aws.api, "name", 128, "anything"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html": [
    ["rds.identifier", aws.instance, "identifier", 63, "smallHyphenated"],
    ["rds.username", aws.instance, "username", 16, "username"],
    ["rds.database-name", aws.instance, "dbName", 64, "database"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html": [
    ["rds.final-snapshot-name", aws.instance, "finalSnapshotIdentifier", 255, "singleHyphens"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html": [
    ["rds.parameter-group-name", aws.parameterGroup, "name", 255, "smallHyphenated"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html": [
    ["rds.subnet-group-name", aws.subnetGroup, "name", 255, "subnetGroup"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html": [
    ["rds.proxy-name", aws.proxy, "name", 63, "singleHyphens"],
  ],
};

const rows = Object.values(limits).flat();

export const nameRules: Rule[] = [
  ...Object.entries(limits).flatMap(([page, limited]) =>
    limited.map(([name, type, property, most, of]) => {
      const [allowed, means] = alphabets[of];
      return each(type, {
        name,
        says: `\`${property}\` has at most ${most} characters: ${means}.`,
        page,
        fault(resource) {
          const value = text(at(resource, property));
          if (value === undefined) return undefined;
          if (value.length > most) {
            return `${property} has ${value.length} characters, ${most} are allowed: ${value}. Take a shorter one (or a shorter stage).`;
          }
          return !allowed.test(value) && `${property} is ${JSON.stringify(value)}; allowed are ${means}.`;
        },
      });
    }),
  ),
  {
    name: "graph.one-name",
    says: "No two resources of a type have the same name on AWS.",
    page: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
    check(graph) {
      const named = graph.resources.flatMap((resource) => {
        const limit = rows.find(([rule, type]) => type === resource.type && /name$|identifier$/.test(rule));
        const name = limit && text(at(resource, limit[2]));
        // A rule's name is its bus's.
        return name
          ? { ...resource, key: [resource.type, at(resource, "eventBusName"), name.toLowerCase()].join(" ") }
          : [];
      });
      return repeated(
        named,
        ({ key }) => key,
        (first) => `Has the same name on AWS as ${first}. Name one of them differently.`,
      );
    },
  },
];
