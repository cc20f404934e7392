import type { Graph, GraphFunction, GraphResource } from "../graph.ts";
import { pollerActions, rightsOf, roleByArn } from "../reach/access.ts";
import { contains, overlap } from "../reach/cidr.ts";
import { databasesOf, pathToDatabase, pathToService } from "../reach/network.ts";
import { at, aws, list, ofType } from "../resource.ts";
import { each, finding, type Rule } from "./rule.ts";

export const networkRules: Rule[] = [
  each(aws.function, {
    name: "network.database",
    says: "A function reaches the databases it is linked to: same VPC, and security groups that let it out and in.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.Scenarios.html",
    fault: (resource, graph) =>
      functionOf(graph, resource).flatMap((fn) =>
        databasesOf(graph, fn).flatMap((link) => {
          const { holds, how } = pathToDatabase(graph, fn, link);
          if (holds !== false) return [];
          return `It does not reach ${link}: ${how}. Put both into one VPC and open the port to its security group.`;
        }),
      ),
  }),
  each(aws.function, {
    name: "network.way-out",
    says: "A function in a VPC has an endpoint or a NAT for every AWS call that it may make; without, the call hangs.",
    page: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    fault: (resource, graph) =>
      functionOf(graph, resource).flatMap((fn) =>
        permitted(graph, resource).flatMap((call) => {
          // Outside a VPC, every call gets out.
          const { holds, how } = pathToService(graph, fn, call);
          if (holds !== false) return [];
          return `${call.service}:${call.action} on ${call.resource} does not get out: ${how}. Add an interface endpoint for ${call.service}, or a NAT.`;
        }),
      ),
  }),
  {
    name: "network.one-vpc",
    says: "The subnets and security groups of a function, an endpoint or a database are in one VPC.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    check: (graph) => {
      const vpcs = new Map(
        graph.resources
          .filter(({ type }) => /^aws:ec2\/(subnet|securityGroup|defaultSecurityGroup):/.test(type))
          .map(({ outputs, inputs }) => [String(outputs.id), String(inputs.vpcId)]),
      );
      return graph.resources.flatMap((resource) => {
        const ids = ["", "vpcConfig."].flatMap((above) =>
          ["subnetIds", "securityGroupIds", "vpcSubnetIds", "vpcSecurityGroupIds"].flatMap((key) =>
            list<string>(at(resource, above + key)),
          ),
        );
        const found = new Set(ids.flatMap((id) => vpcs.get(id) ?? []));
        const given = ids.filter((id) => !vpcs.has(id));
        if (found.size > 1) return finding(resource, `It is in ${[...found].join(" and ")}. Take all from one VPC.`);
        if (found.size === 0 || given.length === 0) return [];
        return finding(resource, `${given.join(", ")} is given, the rest is made here. Take all from one VPC.`);
      });
    },
  },
  each(aws.subnet, {
    name: "network.subnet-range",
    says: "A subnet's addresses are inside its VPC's and no other subnet's.",
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    fault(subnet, graph) {
      const block = String(subnet.inputs.cidrBlock);
      const vpc = ofType(graph, aws.vpc).find(({ outputs }) => outputs.id === subnet.inputs.vpcId);
      if (vpc && !contains(String(vpc.inputs.cidrBlock), block))
        return `${block} is not inside ${vpc.inputs.cidrBlock}.`;
      const other = ofType(graph, aws.subnet).find(
        (each) =>
          each !== subnet && each.inputs.vpcId === subnet.inputs.vpcId && overlap(String(each.inputs.cidrBlock), block),
      );
      return other && `${block} overlaps with ${other.name}, ${other.inputs.cidrBlock}. Give it a range of its own.`;
    },
  }),
  each(aws.endpoint, {
    name: "network.endpoint-dns",
    says: "An interface endpoint with private DNS is in a VPC that resolves names, the only one there for its service.",
    page: "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
    fault(endpoint, graph) {
      if (endpoint.inputs.privateDnsEnabled !== true) return undefined;
      const { vpcId, serviceName } = endpoint.inputs;
      const vpc = ofType(graph, aws.vpc).find(({ outputs }) => outputs.id === vpcId);
      if (vpc && (vpc.inputs.enableDnsHostnames !== true || vpc.inputs.enableDnsSupport === false)) {
        return `${vpc.name} does not resolve names. Set enableDnsHostnames and enableDnsSupport.`;
      }
      const twin = ofType(graph, aws.endpoint).find(
        (each) =>
          each !== endpoint &&
          each.inputs.vpcId === vpcId &&
          each.inputs.serviceName === serviceName &&
          each.inputs.privateDnsEnabled === true,
      );
      return twin && `${twin.name} answers for ${serviceName} already. Make one endpoint of both.`;
    },
  }),
];

function functionOf(graph: Graph, { outputs }: GraphResource): GraphFunction[] {
  return graph.functions.filter(({ arn }) => arn === outputs.arn);
}

/** The calls that a function's role allows it, but for those that Lambda makes in its name. */
function permitted(graph: Graph, { inputs }: GraphResource) {
  return (
    rightsOf(graph, roleByArn(graph, inputs.role))
      // A queue's key is used by SQS itself, in the caller's name.
      .filter(({ call }) => !pollerActions.includes(call) && /^(?!kms:)[^:]+:/.test(call))
      .map(({ call, arn }) => {
        const [service = "", action = ""] = call.split(":");
        return { service, action, resource: arn };
      })
  );
}
