/** Actions and the resources that they are needed on; `{app}`, `{stage}`, `{region}` and `{account}` are filled in. */
export interface Right {
  actions: string[];
  on: string[];
}

const of = (service: string, verbs: string): string[] => verbs.split(" ").map((verb) => `${service}:${verb}`);
const mine = (service: string, path = "") => [`arn:aws:${service}:{region}:{account}:${path}{app}-{stage}-*`];

/**
 * What AWS's provider for Pulumi (the one of Terraform) calls for each type of resource, by the beginning of the type:
 * docs.aws.amazon.com/service-authorization/latest/reference has every action. Nothing here was tried on AWS.
 */
export const rights: Record<string, Right[]> = {
  "aws:apigatewayv2/": [
    {
      actions: of("apigateway", "DELETE GET PATCH POST PUT TagResource UntagResource"),
      on: ["arn:aws:apigateway:{region}::/apis*", "arn:aws:apigateway:{region}::/tags/*"],
    },
    // The stage's access log goes through CloudWatch's log delivery.
    {
      actions: of(
        "logs",
        "CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery",
      ),
      on: ["*"],
    },
  ],
  "aws:cloudwatch/event": [
    {
      actions: of(
        "events",
        "CreateArchive CreateEventBus DeleteArchive DeleteEventBus DeleteRule DescribeArchive DescribeEventBus DescribeRule DisableRule EnableRule ListTagsForResource ListTargetsByRule PutRule PutTargets RemoveTargets TagResource UntagResource UpdateArchive UpdateEventBus",
      ),
      on: ["event-bus", "rule", "archive"].flatMap((kind) => mine("events", `${kind}/`)),
    },
  ],
  "aws:cloudwatch/logGroup:": [
    {
      actions: of(
        "logs",
        "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource PutRetentionPolicy TagResource UntagResource",
      ),
      on: [...mine("logs", "log-group:/aws/lambda/"), ...mine("logs", "log-group:/aws/vendedlogs/apis/")],
    },
    { actions: of("logs", "DescribeLogGroups"), on: ["*"] },
  ],
  "aws:cloudwatch/logMetricFilter:": [
    {
      actions: of("logs", "DeleteMetricFilter DescribeMetricFilters PutMetricFilter"),
      on: mine("logs", "log-group:/aws/lambda/"),
    },
  ],
  "aws:cloudwatch/metricAlarm:": [
    {
      actions: of(
        "cloudwatch",
        "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
      ),
      on: mine("cloudwatch", "alarm:"),
    },
  ],
  // Pools, clients and domains are named by ids that AWS makes.
  "aws:cognito/": [
    {
      actions: of(
        "cognito-idp",
        "CreateResourceServer CreateUserPool CreateUserPoolClient CreateUserPoolDomain DeleteResourceServer DeleteUserPool DeleteUserPoolClient DeleteUserPoolDomain DescribeResourceServer DescribeUserPool DescribeUserPoolClient GetUserPoolMfaConfig ListTagsForResource SetUserPoolMfaConfig TagResource UntagResource UpdateResourceServer UpdateUserPool UpdateUserPoolClient UpdateUserPoolDomain",
      ),
      on: ["arn:aws:cognito-idp:{region}:{account}:userpool/*"],
    },
    { actions: of("cognito-idp", "DescribeUserPoolDomain"), on: ["*"] },
  ],
  "aws:dynamodb/table:": [
    {
      actions: of(
        "dynamodb",
        "CreateTable DeleteTable DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive",
      ),
      on: mine("dynamodb", "table/"),
    },
  ],
  "aws:ec2/": [
    {
      actions: of(
        "ec2",
        "AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateInternetGateway CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteInternetGateway DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints Describe* DetachInternetGateway DisassociateRouteTable ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
      ),
      on: ["*"],
    },
    // Interface endpoints and Cloud Map register names in a zone of the VPC.
    { actions: of("route53", "AssociateVPCWithHostedZone DisassociateVPCFromHostedZone"), on: ["*"] },
  ],
  "aws:iam/role": [
    {
      actions: of(
        "iam",
        "AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PassRole PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
      ),
      on: ["arn:aws:iam::{account}:role/{app}-{stage}-*"],
    },
  ],
  "aws:kms/key:": [
    {
      actions: of(
        "kms",
        "CreateGrant CreateKey Decrypt DescribeKey EnableKeyRotation Encrypt GenerateDataKey GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
      ),
      on: ["arn:aws:kms:{region}:{account}:key/*"],
    },
  ],
  "aws:kms/alias:": [
    {
      actions: of("kms", "CreateAlias DeleteAlias UpdateAlias"),
      on: ["arn:aws:kms:{region}:{account}:key/*", "arn:aws:kms:{region}:{account}:alias/{app}-{stage}"],
    },
    { actions: of("kms", "ListAliases"), on: ["*"] },
  ],
  "aws:lambda/": [
    {
      actions: of(
        "lambda",
        "AddPermission CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration GetPolicy ListTags ListVersionsByFunction PutFunctionConcurrency PutFunctionRecursionConfig GetFunctionRecursionConfig RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
      ),
      on: mine("lambda", "function:"),
    },
  ],
  "aws:lambda/eventSourceMapping:": [
    {
      actions: of(
        "lambda",
        "CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource UntagResource UpdateEventSourceMapping",
      ),
      on: ["*"],
    },
  ],
  "aws:lambda/invocation:": [{ actions: of("lambda", "InvokeFunction"), on: mine("lambda", "function:") }],
  "aws:rds/": [
    {
      actions: of(
        "rds",
        "AddTagsToResource CreateDBInstance CreateDBParameterGroup CreateDBSubnetGroup DeleteDBInstance DeleteDBParameterGroup DeleteDBSubnetGroup DescribeDBInstances DescribeDBParameterGroups DescribeDBParameters DescribeDBSubnetGroups ListTagsForResource ModifyDBInstance ModifyDBParameterGroup ModifyDBSubnetGroup RebootDBInstance RemoveTagsFromResource ResetDBParameterGroup RestoreDBInstanceFromDBSnapshot",
      ),
      on: [
        ...["db", "pg", "subgrp", "snapshot"].flatMap((kind) => mine("rds", `${kind}:`)),
        "arn:aws:rds:{region}:{account}:snapshot:rds:{app}-{stage}-*",
      ],
    },
    { actions: of("rds", "DescribeDBEngineVersions DescribeOrderableDBInstanceOptions"), on: ["*"] },
    // The first database of an account needs RDS's own role.
    {
      actions: of("iam", "CreateServiceLinkedRole"),
      on: ["arn:aws:iam::{account}:role/aws-service-role/rds.amazonaws.com/*"],
    },
  ],
  "aws:s3/bucketObjectv2:": [],
  "aws:scheduler/schedule:": [
    {
      actions: of("scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule"),
      on: mine("scheduler", "schedule/default/"),
    },
  ],
  "aws:secretsmanager/": [
    {
      actions: of(
        "secretsmanager",
        "CreateSecret DeleteSecret DescribeSecret GetResourcePolicy GetSecretValue ListSecretVersionIds PutSecretValue RestoreSecret TagResource UntagResource UpdateSecret UpdateSecretVersionStage",
      ),
      on: mine("secretsmanager", "secret:"),
    },
  ],
  "aws:servicediscovery/": [
    {
      actions: of(
        "servicediscovery",
        "CreatePrivateDnsNamespace DeleteNamespace GetNamespace GetOperation ListTagsForResource TagResource UntagResource UpdatePrivateDnsNamespace",
      ),
      on: ["*"],
    },
    {
      actions: of(
        "route53",
        "ChangeResourceRecordSets CreateHostedZone DeleteHostedZone GetHostedZone ListHostedZonesByName",
      ),
      on: ["*"],
    },
  ],
  "aws:ssm/parameter:": [
    {
      actions: of(
        "ssm",
        "AddTagsToResource DeleteParameter GetParameter GetParameters ListTagsForResource PutParameter",
      ),
      on: ["arn:aws:ssm:{region}:{account}:parameter/{app}/{stage}/*"],
    },
    // By its folder, which ends in a slash there, and by its list.
    { actions: of("ssm", "GetParametersByPath"), on: ["arn:aws:ssm:{region}:{account}:parameter/{app}/{stage}/*"] },
    { actions: of("ssm", "DescribeParameters"), on: ["*"] },
  ],
  "aws:sns/": [
    {
      actions: of(
        "sns",
        "CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes ListTagsForResource SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource",
      ),
      on: mine("sns"),
    },
  ],
  "aws:sqs/": [
    {
      actions: of(
        "sqs",
        "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue",
      ),
      on: mine("sqs"),
    },
  ],
};

const buckets = ["arn:aws:s3:::sst-asset-*", "arn:aws:s3:::sst-state-*"];

/** What SST itself needs: its two buckets with state and code, and the parameters that name them and hold passphrases. */
export const sstRights: Right[] = [
  {
    actions: of(
      "s3",
      "CreateBucket GetBucketLocation ListBucket ListBucketVersions PutBucketNotification PutBucketPolicy PutBucketPublicAccessBlock PutBucketVersioning",
    ),
    on: buckets,
  },
  {
    actions: of("s3", "DeleteObject DeleteObjectVersion GetObject GetObjectTagging PutObject PutObjectTagging"),
    on: buckets.map((bucket) => `${bucket}/*`),
  },
  {
    actions: of("ssm", "DeleteParameter GetParameter GetParameters PutParameter"),
    on: ["bootstrap", "passphrase/{app}/{stage}"].map((path) => `arn:aws:ssm:{region}:{account}:parameter/sst/${path}`),
  },
  { actions: ["sts:GetCallerIdentity", "ec2:DescribeAvailabilityZones"], on: ["*"] },
];
