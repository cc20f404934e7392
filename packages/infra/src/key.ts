import { allow } from "./defaults.ts";
import type { StageSettings } from "./stage.ts";

/** Which use of the key a right on what it encrypts brings along, through which service: each service's page on encryption. */
const uses = [
  { right: /^dynamodb:/, through: "dynamodb", actions: ["kms:Decrypt"] },
  { right: /^sqs:ReceiveMessage$/, through: "sqs", actions: ["kms:Decrypt"] },
  { right: /^sqs:SendMessage$/, through: "sqs", actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
  { right: /^sns:Publish$/, through: "sns", actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
];

/**
 * Makes the stage's own KMS key, which encrypts what the stage keeps: table, topics, queues, bus and archive, databases, log
 * groups and secrets; call it before any of them is made. Only production has one, because it costs by the month; elsewhere
 * AWS's own keys encrypt.
 *
 * A function may use it through the services that it has rights on, as far as these need it, and in no other way. The key is
 * kept when the stage is removed: without it no backup could be read. KMS makes a new version of it each year, and waits 30
 * days before it deletes a key.
 */
export function encryptAtRest(stage: StageSettings) {
  if (!stage.production) return;
  const key = new aws.kms.Key(
    "StageKey",
    {
      description: `Encrypts what ${$app.name} keeps in stage ${$app.stage}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: keyPolicy(),
    },
    { retainOnDelete: true },
  );
  new aws.kms.Alias("StageKeyAlias", { name: `alias/${$app.name}-${$app.stage}`, targetKeyId: key.keyId });
  encryptWith(key.arn);
  $transform(sst.aws.Function, (args) => {
    args.permissions = $output(args.permissions).apply((permissions = []) => [
      ...permissions,
      ...usesOf(permissions.flatMap(({ actions }) => actions)).map(({ through, actions }) => ({
        ...allow(key.arn, ...actions),
        conditions: [{ test: "StringEquals", variable: "kms:ViaService", values: [hostOf(through)] }],
      })),
    ]);
  });
}

/** The uses of the key that rights bring along, one a service. */
function usesOf(rights: string[]) {
  const needed = uses.filter(({ right }) => rights.some((action) => right.test(action)));
  return [...Map.groupBy(needed, ({ through }) => through)].map(([through, all]) => ({
    through,
    actions: [...new Set(all.flatMap(({ actions }) => actions))],
  }));
}

const hostOf = (service: string) => $interpolate`${service}.${aws.getRegionOutput().region}.amazonaws.com`;

/** Puts the key on everything that is made from now on, whichever component makes it. */
function encryptWith(arn: $util.Output<string>) {
  $transform(aws.dynamodb.Table, (args) => {
    if (args) args.serverSideEncryption = { enabled: true, kmsKeyArn: arn };
  });
  $transform(aws.sns.Topic, (args) => {
    if (args) args.kmsMasterKeyId = arn;
  });
  $transform(aws.sqs.Queue, (args) => {
    if (args) args.kmsMasterKeyId = arn;
  });
  $transform(aws.cloudwatch.EventBus, (args) => {
    if (args) args.kmsKeyIdentifier = arn;
  });
  $transform(aws.cloudwatch.EventArchive, (args) => {
    if (args) args.kmsKeyIdentifier = arn;
  });
  $transform(aws.rds.Instance, (args) => {
    if (args) Object.assign(args, { storageEncrypted: true, kmsKeyId: arn });
  });
  $transform(aws.cloudwatch.LogGroup, (args) => {
    if (args) args.kmsKeyId = arn;
  });
  $transform(aws.secretsmanager.Secret, (args) => {
    if (args) args.kmsKeyId = arn;
  });
}

/**
 * Who may use the key: those whom the account's own policies let, and the services that work without anybody's role. DynamoDB,
 * SQS, SNS, RDS and Secrets Manager otherwise use it in the name of their caller, through grants or with the caller's rights.
 *
 * SNS and EventBridge encrypt what they put into a queue: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * EventBridge decrypts to match: docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
 * Alarms are published: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 * Logs: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function keyPolicy() {
  const account = aws.getCallerIdentityOutput().accountId;
  const { region } = aws.getRegionOutput();
  const inAccount = { StringEquals: { "aws:SourceAccount": account } };
  const use = ["kms:Decrypt", "kms:GenerateDataKey"];
  return $jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountsOwnPolicies",
        Effect: "Allow",
        Principal: { AWS: $interpolate`arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Deliveries",
        Effect: "Allow",
        Principal: { Service: ["sns.amazonaws.com", "cloudwatch.amazonaws.com"] },
        Action: use,
        Resource: "*",
        Condition: inAccount,
      },
      {
        Sid: "BusAndArchive",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: [...use, "kms:DescribeKey"],
        Resource: "*",
        Condition: inAccount,
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: $interpolate`logs.${region}.amazonaws.com` },
        Action: [...use, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": $interpolate`arn:aws:logs:${region}:${account}:log-group:*`,
          },
        },
      },
    ],
  });
}
