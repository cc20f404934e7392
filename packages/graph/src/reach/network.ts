import type { Graph, GraphFunction, GraphResource } from "../graph.ts";
import { allows, contextIn, type Principal } from "../iam.ts";
import { aws, byArn, list, ofType, text } from "../resource.ts";
import { statementsOf } from "./access.ts";
import { contains } from "./cidr.ts";

/** Whether something is reached, and how or why not; `unknown` where only a given VPC knows. */
export interface Path {
  holds: boolean | "unknown";
  how: string;
}

export const yes = (how: string): Path => ({ holds: true, how });
export const no = (how: string): Path => ({ holds: false, how });
const unknown = (how: string): Path => ({ holds: "unknown", how });

/** How something with an address is attached to a VPC: its subnets and its security groups. */
interface Attachment {
  subnets: string[];
  groups: string[];
}

/** The way of a call from a function to an AWS service, by its endpoint's name (`sqs`). */
export function pathToService(
  graph: Graph,
  fn: GraphFunction,
  call: { service: string; action: string; resource: string },
): Path {
  const own = attachmentOf(graph, fn);
  const caller = byArn(graph, aws.function, fn.arn)?.inputs.role;
  if (!own) return yes("outside a VPC: the service's public endpoint");
  const vpc = vpcOf(graph, own);
  if (!vpc) return unknown("in a given VPC, which must have a NAT or an endpoint");
  const refusals: string[] = [];
  const principal = { type: "AWS", identifier: String(caller) };
  for (const endpoint of ofType(graph, aws.endpoint)) {
    if (endpoint.inputs.vpcId !== vpc || !String(endpoint.inputs.serviceName).endsWith(`.${call.service}`)) continue;
    const refusal = refusedBy(graph, endpoint, own, { ...call, principal });
    if (refusal === undefined) return yes(`endpoint \`${endpoint.name}\``);
    refusals.push(`endpoint ${endpoint.name} ${refusal}`);
  }
  if (own.subnets.every((subnet) => goesOut(graph, subnet))) return yes("NAT");
  return no(refusals.join("; ") || `no endpoint for ${call.service} and no NAT in its VPC`);
}

/** The way from a function to the database behind a link. */
export function pathToDatabase(graph: Graph, fn: GraphFunction, link: string): Path {
  const url = graph.links[link]?.url;
  const host = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (!host) return no(`${link} holds no URL`);
  const port = Number(host.port || 3306);
  const target = [...ofType(graph, aws.proxy), ...ofType(graph, aws.instance)].find(({ outputs }) =>
    [outputs.address, outputs.endpoint].some((address) => text(address)?.split(":")[0] === host.hostname),
  );
  if (!target) return unknown(graph.dev ? "a database on the developer's machine" : "a given database");
  const from = attachmentOf(graph, fn);
  if (!from) return no(`${fn.name} is outside the VPC of ${target.name}`);
  const direct = between(graph, from, target, port);
  if (direct.holds !== true || target.type !== aws.proxy) return direct;
  const behind = instanceBehind(graph, target);
  if (!behind) return no(`${target.name} has no target`);
  const onward = between(graph, databaseAttachment(graph, target), behind, Number(behind.outputs.port ?? 3306));
  return onward.holds === true ? yes(`${direct.how}, then ${onward.how}`) : onward;
}

function instanceBehind(graph: Graph, proxy: GraphResource): GraphResource | undefined {
  const name = proxy.inputs.name ?? proxy.outputs.name;
  const target = ofType(graph, aws.proxyTarget).find(({ inputs }) => inputs.dbProxyName === name);
  return ofType(graph, aws.instance).find(({ inputs, outputs }) =>
    [inputs.identifier, outputs.id].includes(target?.inputs.dbInstanceIdentifier),
  );
}

function between(graph: Graph, from: Attachment, target: GraphResource, port: number): Path {
  const to = databaseAttachment(graph, target);
  const vpcs = [vpcOf(graph, from), vpcOf(graph, to)];
  if (vpcs[0] !== vpcs[1]) return no(`is in another VPC than ${target.name}`);
  if (!vpcs[0]) return unknown("in a given VPC");
  const refusal = groupsRefuse(graph, from, to, port);
  return refusal === undefined ? yes(`\`${target.name}\` on ${port}`) : no(`${target.name} on ${port}: ${refusal}`);
}

/** Where a function runs; `undefined` outside any VPC. Read from the resource, which is what is deployed. */
export function attachmentOf(graph: Graph, fn: GraphFunction): Attachment | undefined {
  const config = byArn(graph, aws.function, fn.arn)?.inputs.vpcConfig as
    | { subnetIds?: string[]; securityGroupIds?: string[] }
    | undefined;
  return config ? { subnets: config.subnetIds ?? [], groups: config.securityGroupIds ?? [] } : undefined;
}

function databaseAttachment(graph: Graph, database: GraphResource): Attachment {
  const { vpcSubnetIds, dbSubnetGroupName, vpcSecurityGroupIds } = database.inputs;
  const group = ofType(graph, aws.subnetGroup).find(({ inputs }) => inputs.name === dbSubnetGroupName);
  const subnets = ids(vpcSubnetIds ?? group?.inputs.subnetIds);
  const groups = ids(vpcSecurityGroupIds);
  if (groups.length > 0) return { subnets, groups };
  // With none given, RDS takes the default one of the VPC.
  const vpc = vpcOf(graph, { subnets, groups });
  const standard = ofType(graph, aws.defaultSecurityGroup).find(({ inputs }) => inputs.vpcId === vpc);
  return { subnets, groups: standard ? [String(standard.outputs.id)] : [] };
}

/** The VPC made here that something is in; `undefined` for a given one. */
function vpcOf(graph: Graph, { subnets }: Attachment): string | undefined {
  const found = ofType(graph, aws.subnet).find(({ outputs }) => subnets.includes(String(outputs.id)));
  return text(found?.inputs.vpcId);
}

function refusedBy(
  graph: Graph,
  { inputs }: GraphResource,
  from: Attachment,
  { service, action, resource, principal }: { service: string; action: string; resource: string; principal: Principal },
): string | undefined {
  const policy = inputs.policy;
  const call = { action: `${service}:${action}`, resource, principal, context: contextIn(graph) };
  if (policy !== undefined && !allows(statementsOf(policy), call)) {
    return `does not let ${service}:${action} on ${resource} through`;
  }
  if (inputs.vpcEndpointType !== "Interface") {
    const tables = ids(inputs.routeTableIds);
    const reached = from.subnets.every((subnet) => tables.includes(routeTableOf(graph, subnet)?.outputs.id as string));
    return reached ? undefined : "is not in the route tables of the function's subnets";
  }
  if (inputs.privateDnsEnabled !== true) return "has no private DNS, so the SDK does not find it";
  const to = { subnets: ids(inputs.subnetIds), groups: ids(inputs.securityGroupIds) };
  return groupsRefuse(graph, from, to, 443);
}

/** Why the security groups let nothing from here to there; `undefined` when they do. */
function groupsRefuse(graph: Graph, from: Attachment, to: Attachment, port: number): string | undefined {
  const leaves = from.groups.some((group) => lets(graph, group, "egress", to, port));
  if (!leaves) return `no security group of the caller (${from.groups.join(", ")}) lets it out`;
  const enters = to.groups.some((group) => lets(graph, group, "ingress", from, port));
  return enters ? undefined : `no security group there (${to.groups.join(", ") || "none"}) lets it in`;
}

type Direction = "ingress" | "egress";

function lets(graph: Graph, group: string, direction: Direction, other: Attachment, port: number): boolean {
  return entriesOf(graph, group, direction).some((entry) => {
    const protocol = String(entry.protocol ?? entry.ipProtocol);
    const all = protocol === "-1" || protocol === "all";
    if (!all && (protocol !== "tcp" || port < Number(entry.fromPort) || port > Number(entry.toPort))) return false;
    const groups = [
      ...ids(entry.securityGroups),
      entry.sourceSecurityGroupId,
      entry.referencedSecurityGroupId,
      ...(entry.self ? [group] : []),
    ];
    if (other.groups.some((each) => groups.includes(each))) return true;
    const ranges = [...ids(entry.cidrBlocks), ...ids([entry.cidrIpv4])];
    const cidrs = ofType(graph, aws.subnet).filter(({ outputs }) => other.subnets.includes(String(outputs.id)));
    return (
      cidrs.length > 0 && cidrs.every(({ inputs }) => ranges.some((range) => contains(range, String(inputs.cidrBlock))))
    );
  });
}

/** What a security group lets through: stated inside it, and by rules beside it. */
function entriesOf(graph: Graph, group: string, direction: Direction): Record<string, unknown>[] {
  const own = graph.resources.filter(
    ({ type, outputs }) => /^aws:ec2\/(default)?securityGroup:/i.test(type) && outputs.id === group,
  );
  const beside = graph.resources.filter(({ type, inputs }) => {
    if (inputs.securityGroupId !== group) return false;
    if (type === "aws:ec2/securityGroupRule:SecurityGroupRule") return inputs.type === direction;
    return type.toLowerCase() === `aws:vpc/securitygroup${direction}rule:securitygroup${direction}rule`;
  });
  return [
    ...own.flatMap(({ inputs }) => list<Record<string, unknown>>(inputs[direction])),
    ...beside.map(({ inputs }) => inputs),
  ];
}

function routeTableOf(graph: Graph, subnet: string): GraphResource | undefined {
  const association = ofType(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation").find(
    ({ inputs }) => inputs.subnetId === subnet,
  );
  return ofType(graph, "aws:ec2/routeTable:RouteTable").find(
    ({ outputs }) => outputs.id === association?.inputs.routeTableId,
  );
}

/** A function has no public address, so only a NAT takes its packets out of the VPC. */
function goesOut(graph: Graph, subnet: string): boolean {
  const table = routeTableOf(graph, subnet);
  const inline = list<Record<string, unknown>>(table?.inputs.routes);
  const beside = ofType(graph, "aws:ec2/route:Route").filter(({ inputs }) => inputs.routeTableId === table?.outputs.id);
  return [...inline, ...beside.map(({ inputs }) => inputs)].some(
    ({ cidrBlock, destinationCidrBlock, natGatewayId, networkInterfaceId }) =>
      (cidrBlock ?? destinationCidrBlock) === "0.0.0.0/0" && (natGatewayId ?? networkInterfaceId) !== undefined,
  );
}

function ids(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** The links of a function that hold a MySQL URL. */
export function databasesOf(graph: Graph, fn: GraphFunction): string[] {
  return fn.links.filter((link) => String(graph.links[link]?.url ?? "").startsWith("mysql:"));
}
