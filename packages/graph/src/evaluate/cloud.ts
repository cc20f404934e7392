import { hash } from "node:crypto";

/** The account and stage that names, ARNs and addresses are made for. */
export interface Cloud {
  app: string;
  stage: string;
  region: string;
  account: string;
  /** What data sources answer, by their name, in place of the defaults. */
  existing?: Record<string, Record<string, unknown>>;
}

type Properties = Record<string, unknown>;

/**
 * What AWS would answer when a resource is made: its id and the attributes others refer to, shaped as AWS shapes them
 * and the same at each evaluation.
 *
 * Types that are not listed get their inputs back, an id, a name and a plausible ARN.
 *
 * @param type Pulumi type token, e.g. `aws:sqs/queue:Queue`
 * @param name logical name
 * @param inputs as the provider would receive them
 */
export function stateOf(
  cloud: Cloud,
  type: string,
  name: string,
  inputs: Properties,
): { id: string; state: Properties } {
  const [physical, hex] = [physicalName(cloud, name, inputs), hexOf(type, name)];
  const known = attributes[type]?.({ cloud, name, physical, inputs, hex });
  const id = known?.id ?? (typeof inputs.name === "string" ? inputs.name : `${name}-${hex(8)}`);
  const state = { ...inputs, ...known?.state };
  if (type.startsWith("aws:")) {
    const [, service = "", kind = ""] = /^aws:(.+?)\/.*:(.*)$/.exec(type) ?? [];
    state.arn ??= arn(cloud, service, `${kind.toLowerCase()}/${id}`);
    state.name ??= physical;
    state.region ??= cloud.region;
    state.tagsAll ??= inputs.tags ?? {};
  }
  return { id, state };
}

interface Made {
  cloud: Cloud;
  name: string;
  /** Name on AWS. */
  physical: string;
  inputs: Properties;
  /** Stable hexadecimal digits, as in `vpc-0a1b…`. */
  hex: (length: number) => string;
}

type Attributes = (made: Made) => { id?: string; state: Properties };

const attributes: Record<string, Attributes> = {
  "aws:sns/topic:Topic": (made) => byArn(made, arn(made.cloud, "sns", made.physical)),
  "aws:iam/policy:Policy": (made) => byArn(made, globalArn(made.cloud, "iam", `policy/${made.physical}`)),
  "aws:secretsmanager/secret:Secret": (made) =>
    byArn(made, arn(made.cloud, "secretsmanager", `secret:${made.physical}-${made.hex(6)}`)),
  "aws:cloudwatch/eventBus:EventBus": (made) => byName(made, "events", "event-bus/"),
  "aws:cloudwatch/eventArchive:EventArchive": (made) => byName(made, "events", "archive/"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (made) => byName(made, "cloudwatch", "alarm:"),
  "aws:cloudwatch/logGroup:LogGroup": (made) => byName(made, "logs", "log-group:"),
  "aws:apigatewayv2/integration:Integration": ({ hex }) => ({ id: hex(7), state: {} }),
  "aws:apigatewayv2/route:Route": ({ hex }) => ({ id: hex(7), state: {} }),
  "aws:apigatewayv2/authorizer:Authorizer": ({ hex }) => ({ id: hex(6), state: {} }),
  "aws:ec2/vpc:Vpc": (made) => ec2(made, "vpc", { defaultSecurityGroupId: `sg-${made.hex(16)}d` }),
  "aws:ec2/subnet:Subnet": (made) => ec2(made, "subnet"),
  "aws:ec2/securityGroup:SecurityGroup": (made) => ec2(made, "sg"),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (made) => ec2(made, "sg"),
  "aws:ec2/routeTable:RouteTable": (made) => ec2(made, "rtb"),
  "aws:ec2/internetGateway:InternetGateway": (made) => ec2(made, "igw"),
  "aws:ec2/natGateway:NatGateway": (made) => ec2(made, "nat"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (made) => ec2(made, "vpce"),
  "aws:ec2/eip:Eip": (made) => ec2(made, "eipalloc", { publicIp: "203.0.113.1" }),
  "aws:ec2/instance:Instance": (made) => ec2(made, "i", { publicIp: "203.0.113.2", privateIp: "10.0.0.2" }),
  "aws:sqs/queue:Queue": ({ cloud, physical, inputs }) => {
    const name = inputs.fifoQueue && !physical.endsWith(".fifo") ? `${physical}.fifo` : physical;
    const url = `https://sqs.${cloud.region}.amazonaws.com/${cloud.account}/${name}`;
    return { id: url, state: { name, url, arn: arn(cloud, "sqs", name) } };
  },
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs, hex }) => {
    const subscription = `${text(inputs.topic)}:${uuid(hex)}`;
    return { id: subscription, state: { arn: subscription } };
  },
  "aws:dynamodb/table:Table": ({ cloud, physical, inputs }) => {
    const table = arn(cloud, "dynamodb", `table/${physical}`);
    const stream = inputs.streamEnabled ? { streamArn: `${table}/stream/2026-01-01T00:00:00.000` } : {};
    return { id: physical, state: { name: physical, arn: table, ...stream } };
  },
  "aws:cloudwatch/eventRule:EventRule": ({ cloud, physical, inputs }) => {
    const bus = text(inputs.eventBusName, "default").split("/").at(-1) ?? "default";
    const path = bus === "default" ? physical : `${bus}/${physical}`;
    return { id: path, state: { name: physical, arn: arn(cloud, "events", `rule/${path}`) } };
  },
  "aws:kms/key:Key": ({ cloud, hex }) => ({
    id: uuid(hex),
    state: { keyId: uuid(hex), arn: arn(cloud, "kms", `key/${uuid(hex)}`) },
  }),
  "aws:kms/alias:Alias": ({ cloud, inputs, name }) => {
    const alias = text(inputs.name, `alias/${name}`);
    return { id: alias, state: { name: alias, arn: arn(cloud, "kms", alias) } };
  },
  "aws:lambda/function:Function": ({ cloud, physical }) => {
    const fn = arn(cloud, "lambda", `function:${physical}`);
    const invoke = `arn:aws:apigateway:${cloud.region}:lambda:path/2015-03-31/functions/${fn}/invocations`;
    return {
      id: physical,
      state: { name: physical, arn: fn, invokeArn: invoke, qualifiedArn: `${fn}:$LATEST`, version: "$LATEST" },
    };
  },
  "aws:lambda/functionUrl:FunctionUrl": ({ cloud, hex }) => ({
    state: { functionUrl: `https://${hex(32)}.lambda-url.${cloud.region}.on.aws/`, urlId: hex(32) },
  }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ hex, inputs }) => ({
    id: uuid(hex),
    state: { uuid: uuid(hex), functionArn: inputs.functionName },
  }),
  "aws:lambda/invocation:Invocation": () => ({ state: { result: "null" } }),
  "aws:iam/role:Role": ({ cloud, physical, hex }) => ({
    id: physical,
    state: {
      name: physical,
      arn: globalArn(cloud, "iam", `role/${physical}`),
      uniqueId: `AROA${hex(17).toUpperCase()}`,
    },
  }),
  "aws:apigatewayv2/api:Api": ({ cloud, physical, hex }) => ({
    id: hex(10),
    state: {
      name: physical,
      apiEndpoint: `https://${hex(10)}.execute-api.${cloud.region}.amazonaws.com`,
      arn: `arn:aws:apigateway:${cloud.region}::/apis/${hex(10)}`,
      executionArn: arn(cloud, "execute-api", hex(10)),
    },
  }),
  "aws:cognito/userPool:UserPool": ({ cloud, physical, hex }) => {
    const id = `${cloud.region}_${hex(9)}`;
    const endpoint = `cognito-idp.${cloud.region}.amazonaws.com/${id}`;
    return { id, state: { name: physical, endpoint, arn: arn(cloud, "cognito-idp", `userpool/${id}`) } };
  },
  "aws:cognito/userPoolClient:UserPoolClient": ({ physical, inputs, hex }) => ({
    id: hex(26),
    state: { name: physical, ...(inputs.generateSecret === true ? { clientSecret: hex(51) } : {}) },
  }),
  "aws:cognito/resourceServer:ResourceServer": ({ inputs }) => ({
    id: `${text(inputs.userPoolId)}|${text(inputs.identifier)}`,
    state: {},
  }),
  "aws:scheduler/schedule:Schedule": ({ cloud, physical, inputs }) => {
    const path = `${text(inputs.groupName, "default")}/${physical}`;
    return { id: path, state: { name: physical, arn: arn(cloud, "scheduler", `schedule/${path}`) } };
  },
  "aws:rds/instance:Instance": ({ cloud, name, inputs, hex }) => {
    const identifier = text(inputs.identifier, physicalName(cloud, name, {}).toLowerCase());
    const address = `${identifier}.${accountHash(cloud)}.${cloud.region}.rds.amazonaws.com`;
    const port = typeof inputs.port === "number" ? inputs.port : 3306;
    return {
      id: identifier,
      state: {
        identifier,
        address,
        port,
        endpoint: `${address}:${port}`,
        arn: arn(cloud, "rds", `db:${identifier}`),
        resourceId: `db-${hex(26).toUpperCase()}`,
      },
    };
  },
  "aws:rds/proxy:Proxy": ({ cloud, physical }) => ({
    id: physical,
    state: {
      name: physical,
      endpoint: `${physical}.proxy-${accountHash(cloud)}.${cloud.region}.rds.amazonaws.com`,
      arn: arn(cloud, "rds", `db-proxy:${physical}`),
    },
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs }) => ({
    id: `${text(inputs.bucket)}/${text(inputs.key)}`,
    state: { arn: `arn:aws:s3:::${text(inputs.bucket)}/${text(inputs.key)}`, versionId: "1" },
  }),
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": ({ hex }) => ({
    id: `ns-${hex(16)}`,
    state: { hostedZone: `Z${hex(20).toUpperCase()}` },
  }),
  "random:index/randomPassword:RandomPassword": ({ inputs, hex }) => ({
    id: "none",
    state: { result: hex(typeof inputs.length === "number" ? inputs.length : 32) },
  }),
  "random:index/randomId:RandomId": ({ hex }) => ({
    id: hex(8),
    state: { hex: hex(16), dec: "1", b64Std: hex(8), b64Url: hex(8) },
  }),
  "random:index/randomBytes:RandomBytes": ({ inputs, hex }) => {
    const bytes = Buffer.from(hex(2 * (typeof inputs.length === "number" ? inputs.length : 32)), "hex");
    return { id: "none", state: { base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
  },
};

/** What has its ARN for an id. */
function byArn({ physical }: Made, arn: string) {
  return { id: arn, state: { name: physical, arn } };
}

/** What has its name for an id; in the ARN, that stands after its kind. */
function byName({ cloud, physical }: Made, service: string, kind: string) {
  return { id: physical, state: { name: physical, arn: arn(cloud, service, kind + physical) } };
}

function ec2({ cloud, hex }: Made, prefix: string, state: Properties = {}) {
  const id = `${prefix}-${hex(17)}`;
  const kind = { vpc: "vpc", subnet: "subnet", sg: "security-group", rtb: "route-table" }[prefix] ?? prefix;
  return { id, state: { arn: arn(cloud, "ec2", `${kind}/${id}`), ownerId: cloud.account, ...state } };
}

function physicalName(cloud: Cloud, name: string, inputs: Properties): string {
  return typeof inputs.name === "string" && inputs.name !== "" ? inputs.name : `${cloud.app}-${cloud.stage}-${name}`;
}

function arn(cloud: Cloud, service: string, resource: string): string {
  return `arn:aws:${service}:${cloud.region}:${cloud.account}:${resource}`;
}

function globalArn(cloud: Cloud, service: string, resource: string): string {
  return `arn:aws:${service}::${cloud.account}:${resource}`;
}

/** The part of an RDS host name that stands for account and region. */
function accountHash(cloud: Cloud): string {
  return `c${hexOf(cloud.account, cloud.region)(11)}`;
}

function hexOf(...parts: string[]): (length: number) => string {
  return (length) => {
    let digits = "";
    for (let i = 0; digits.length < length; i++) digits += hash("sha256", [...parts, i].join("\0"));
    return digits.slice(0, length);
  };
}

function uuid(hex: (length: number) => string): string {
  return hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}
