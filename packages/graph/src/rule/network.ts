import type { Graph, GraphFunction } from "../graph.ts";
import { roleByArn, roleStatements } from "../reach/access.ts";
import { contains, overlap } from "../reach/cidr.ts";
import { attachmentOf, databasesOf, pathToDatabase, pathToService } from "../reach/network.ts";
import { each, type Finding, finding, ofType, type Rule } from "./rule.ts";

const lambdaVpc = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html";
const functionType = "aws:lambda/function:Function";

/** What Lambda itself does with a consumer's role, from outside the function's VPC. */
const doneByLambda = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

export const networkRules: Rule[] = [
  {
    name: "network.database",
    says: "A function reaches the databases it is linked to: same VPC, and security groups that let it out and in.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.Scenarios.html",
    check: (graph) =>
      forEachFunction(graph, (fn) =>
        databasesOf(graph, fn).flatMap((link) => {
          const path = pathToDatabase(graph, fn, link);
          return path.holds === false
            ? [`It does not reach ${link}: ${path.how}. Put both into one VPC and open the port to its security group.`]
            : [];
        }),
      ),
  },
  {
    name: "network.way-out",
    says: "A function in a VPC has an endpoint or a NAT for every AWS call that it may make; without, the call hangs.",
    page: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    check: (graph) =>
      forEachFunction(graph, (fn) => {
        if (!attachmentOf(graph, fn)) return [];
        return permitted(graph, fn).flatMap((call) => {
          const path = pathToService(graph, fn, call);
          return path.holds === false
            ? [
                `${call.service}:${call.action} on ${call.resource} does not get out: ${path.how}. Add an interface endpoint for ${call.service}, or a NAT.`,
              ]
            : [];
        });
      }),
  },
  {
    name: "network.one-vpc",
    says: "The subnets and security groups of a function, an endpoint or a database are in one VPC.",
    page: lambdaVpc,
    check: (graph) => {
      const vpcs = new Map(
        graph.resources
          .filter(({ type }) => /^aws:ec2\/(subnet|securityGroup|defaultSecurityGroup):/.test(type))
          .map(({ outputs, inputs }) => [String(outputs.id), String(inputs.vpcId)]),
      );
      return graph.resources.flatMap((resource) => {
        const { inputs } = resource;
        const config = (inputs.vpcConfig ?? {}) as Record<string, unknown>;
        const ids = [inputs, config].flatMap((of) =>
          ["subnetIds", "securityGroupIds", "vpcSubnetIds", "vpcSecurityGroupIds"].flatMap((key) =>
            Array.isArray(of[key]) ? (of[key] as string[]) : [],
          ),
        );
        const found = new Set(ids.flatMap((id) => vpcs.get(id) ?? []));
        const given = ids.filter((id) => !vpcs.has(id));
        if (found.size > 1) return [finding(resource, `It is in ${[...found].join(" and ")}. Take all from one VPC.`)];
        return found.size === 1 && given.length > 0
          ? [finding(resource, `${given.join(", ")} is given, the rest is made here. Take all from one VPC.`)]
          : [];
      });
    },
  },
  each(
    "aws:ec2/subnet:Subnet",
    {
      name: "network.subnet-range",
      says: "A subnet's addresses are inside its VPC's and no other subnet's.",
      page: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    },
    (subnet, graph) => {
      const block = String(subnet.inputs.cidrBlock);
      const vpc = ofType(graph, "aws:ec2/vpc:Vpc").find(({ outputs }) => outputs.id === subnet.inputs.vpcId);
      if (vpc && !contains(String(vpc.inputs.cidrBlock), block))
        return `${block} is not inside ${vpc.inputs.cidrBlock}.`;
      const other = ofType(graph, "aws:ec2/subnet:Subnet").find(
        (each) =>
          each !== subnet && each.inputs.vpcId === subnet.inputs.vpcId && overlap(String(each.inputs.cidrBlock), block),
      );
      return other
        ? `${block} overlaps with ${other.name}, ${other.inputs.cidrBlock}. Give it a range of its own.`
        : undefined;
    },
  ),
  each(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    {
      name: "network.endpoint-dns",
      says: "An interface endpoint with private DNS is in a VPC that resolves names, the only one there for its service.",
      page: "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
    },
    (endpoint, graph) => {
      if (endpoint.inputs.privateDnsEnabled !== true) return undefined;
      const { vpcId, serviceName } = endpoint.inputs;
      const vpc = ofType(graph, "aws:ec2/vpc:Vpc").find(({ outputs }) => outputs.id === vpcId);
      if (vpc && (vpc.inputs.enableDnsHostnames !== true || vpc.inputs.enableDnsSupport === false)) {
        return `${vpc.name} does not resolve names. Set enableDnsHostnames and enableDnsSupport.`;
      }
      const twin = ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint").find(
        (each) =>
          each !== endpoint &&
          each.inputs.vpcId === vpcId &&
          each.inputs.serviceName === serviceName &&
          each.inputs.privateDnsEnabled === true,
      );
      return twin ? `${twin.name} answers for ${serviceName} already. Make one endpoint of both.` : undefined;
    },
  ),
];

function forEachFunction(graph: Graph, look: (fn: GraphFunction) => string[]): Finding[] {
  return graph.functions.flatMap((fn) => {
    const resource = ofType(graph, functionType).find(({ outputs }) => outputs.arn === fn.arn);
    return resource ? look(fn).map((message) => finding(resource, message)) : [];
  });
}

/** The calls that a function's role allows it, but for those that Lambda makes in its name. */
function permitted(graph: Graph, fn: GraphFunction) {
  const resource = ofType(graph, functionType).find(({ outputs }) => outputs.arn === fn.arn);
  const role = roleByArn(graph, resource?.inputs.role);
  return (
    (role ? roleStatements(graph, role) : [])
      .filter(({ effect }) => effect === "Allow")
      .flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((arn) => ({ action, resource: arn }))),
      )
      // A queue's key is used by SQS itself, in the caller's name.
      .filter(({ action }) => !doneByLambda.includes(action) && /^(?!kms:)[^:]+:/.test(action))
      .map(({ action, resource: arn }) => {
        const [service = "", name = ""] = action.split(":");
        return { service, action: name, resource: arn };
      })
  );
}
