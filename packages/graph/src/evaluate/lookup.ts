import { policyDocument } from "../policy.ts";
import type { Cloud } from "./cloud.ts";

/**
 * What AWS would answer to a data source (`aws.getRegion()`, …) in an account with nothing in it but the defaults.
 *
 * @param token Pulumi's function token, e.g. `aws:index/getRegion:getRegion`
 * @throws Error for one that is not known: a made-up answer would make a wrong graph
 */
export function lookup(cloud: Cloud, token: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const name = token.slice(token.lastIndexOf(":") + 1);
  const answer = answers[name];
  if (!answer) {
    throw new Error(
      `The graph has no answer for ${name} (${token}). It knows ${Object.keys(answers).join(", ")}; add it in packages/graph/src/evaluate/lookup.ts.`,
    );
  }
  return answer(cloud, inputs);
}

const answers: Record<string, (cloud: Cloud, inputs: Record<string, unknown>) => Record<string, unknown>> = {
  getRegion: ({ region }) => {
    return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
  getPartition: () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }),
  getCallerIdentity: ({ account }) => ({
    id: account,
    accountId: account,
    arn: `arn:aws:iam::${account}:user/deployer`,
    userId: "AIDAEXAMPLEEXAMPLEEX",
  }),
  getAvailabilityZones: ({ region }) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: ["az1", "az2", "az3"].map((zone) => `${region}-${zone}`),
    groupNames: [region],
  }),
  getAmi: () => ({ id: "ami-00000000000000001", imageId: "ami-00000000000000001", architecture: "arm64" }),
  getPolicyDocument: (_, inputs) => {
    // An empty list comes back as none: SST makes no inline policy then, and AWS would refuse one without statements.
    const { statements: asked, ...rest } = inputs;
    const statements = Array.isArray(asked) && asked.length > 0 ? { statements: asked } : {};
    return { ...rest, id: "policy", ...statements, json: policyDocument(asked) };
  },
  // Vpc and subnets that are given instead of created.
  getVpc: (_, inputs) => ({ ...inputs, id: inputs.id ?? "vpc-00000000000000001", cidrBlock: "10.0.0.0/16" }),
  getSubnet: ({ region }, inputs) => ({
    ...inputs,
    id: inputs.id ?? "subnet-00000000000000001",
    vpcId: inputs.vpcId ?? "vpc-00000000000000001",
    availabilityZone: `${region}a`,
    cidrBlock: "10.0.0.0/24",
  }),
  getSecurityGroup: (_, inputs) => {
    return { ...inputs, id: inputs.id ?? "sg-00000000000000001", vpcId: "vpc-00000000000000001" };
  },
};
