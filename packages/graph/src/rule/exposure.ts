import { BlockList, isIP } from "node:net";
import type { Graph, GraphFunction } from "../graph.ts";
import { attachmentOf, databasesOf } from "../reach/network.ts";
import { at, aws, ofType, text } from "../resource.ts";
import { each, finding, type Rule } from "./rule.ts";

const privateRanges = new BlockList();
privateRanges.addSubnet("10.0.0.0", 8);
privateRanges.addSubnet("172.16.0.0", 12);
privateRanges.addSubnet("192.168.0.0", 16);
privateRanges.addSubnet("fc00::", 7, "ipv6");
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Of what API Gateway can log, what says who asked or for whom. */
const personal = /\$context\.(path|requestOverride\.path|identity\.|authorizer\.)/g;

export const exposureRules: Rule[] = [
  each("aws:apigatewayv2/stage:Stage", {
    name: "apigateway.access-log",
    says: "The access log names the route and neither path, caller nor address: they are personal data, kept for months.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html",
    fault: (stage) => {
      const format = text(at(stage, "accessLogSettings.format"));
      if (format === undefined) return undefined;
      const found = [...new Set(format.match(personal))];
      if (found.length > 0) return `accessLogSettings.format has ${found.join(", ")}. Log $context.routeKey instead.`;
      return format.includes("$context.routeKey") ? undefined : "accessLogSettings.format has no $context.routeKey.";
    },
  }),
  {
    name: "network.loopback",
    says: "A function on AWS is linked to no database on the machine that it runs on.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    check: (graph) =>
      linkedHosts(graph, ({ host }) =>
        isLoopback(host)
          ? `leads to ${host}, which on AWS is the function's own machine. Take a host that AWS reaches.`
          : undefined,
      ),
  },
  {
    name: "network.private-host",
    says: "A function outside a VPC is linked to no host that only a VPC reaches.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    check: (graph) =>
      linkedHosts(graph, ({ fn, host }) =>
        isIn(privateRanges, host) && !attachmentOf(graph, fn)
          ? `leads to ${host}, a private address. Put the function into the VPC that reaches it.`
          : undefined,
      ),
  },
  {
    name: "lambda.invocation-triggers",
    says: "What the deployment invokes on a database is invoked again when that becomes another database.",
    page: "https://www.pulumi.com/registry/packages/aws/api-docs/lambda/invocation/",
    check: (graph) =>
      graph.invocations.flatMap(({ name, functionArn, triggers }) => {
        const resource = ofType(graph, aws.invocation).find((each) => each.name === name);
        const fn = graph.functions.find(({ arn }) => arn === functionArn);
        if (!resource || !fn) return [];
        const known = JSON.stringify(triggers);
        return hostsOf(graph, fn)
          .filter(({ host }) => !known.includes(host))
          .slice(0, 1)
          .map(({ link }) =>
            finding(resource, `triggers do not name the host of ${link}: a new database would stay empty. Add it.`),
          );
      }),
  },
  {
    name: "rds.owner-account",
    says: "Only what the deployment invokes has the account that an instance is made with; functions have one with fewer rights.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html",
    check: (graph) =>
      graph.functions
        .filter(({ arn }) => !graph.invocations.some(({ functionArn }) => functionArn === arn))
        .flatMap((fn) =>
          hostsOf(graph, fn).flatMap(({ link, host, user }) => {
            const instance = graph.databases.find(({ hosts, username }) => hosts.includes(host) && username === user);
            const resource = lambdaOf(graph, fn);
            return instance && resource
              ? [
                  finding(
                    resource,
                    `${link} holds the owner of ${instance.name}, who may drop tables. Link an account that changes rows only.`,
                  ),
                ]
              : [];
          }),
        ),
  },
];

interface LinkedHost {
  fn: GraphFunction;
  link: string;
  host: string;
  user: string;
}

function hostsOf(graph: Graph, fn: GraphFunction): LinkedHost[] {
  return databasesOf(graph, fn).flatMap((link) => {
    const url = String(graph.links[link]?.url);
    if (!URL.canParse(url)) return [];
    const { hostname, username } = new URL(url);
    return [{ fn, link, host: hostname.replace(/^\[|\]$/g, ""), user: decodeURIComponent(username) }];
  });
}

/** Looks at every database that a deployed function is linked to; under `sst dev` functions run on the developer's machine. */
function linkedHosts(graph: Graph, look: (linked: LinkedHost) => string | undefined) {
  if (graph.dev) return [];
  return graph.functions.flatMap((fn) =>
    hostsOf(graph, fn).flatMap((linked) => {
      const message = look(linked);
      const resource = lambdaOf(graph, fn);
      return message && resource ? [finding(resource, `${linked.link} ${message}`)] : [];
    }),
  );
}

const lambdaOf = (graph: Graph, { arn }: GraphFunction) =>
  ofType(graph, aws.function).find(({ outputs }) => outputs.arn === arn);

function isLoopback(host: string): boolean {
  return /(^|\.)localhost$/i.test(host) || isIn(loopback, host);
}

function isIn(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 6 ? "ipv6" : "ipv4");
}
