import type { Graph, GraphFunction } from "../graph.ts";
import { databasesOf } from "../reach/network.ts";
import { aws, ofType } from "../resource.ts";
import { finding, type Rule } from "./rule.ts";

/** What a new account may run at once: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const newAccount = 10;

/** The part of a limit that may be used up: others need some, too. */
const share = 0.8;

/** Memory by instance size, in GiB: docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html */
const gibibytes: Record<string, number> = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16 };

/** What a pool of mysql2 opens when it is not told otherwise. */
const poolSize = 10;

export const quotaRules: Rule[] = [
  {
    name: "lambda.account-concurrency",
    says: "Consumers of queues and reserved functions leave a fifth of the account's concurrency to all others.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    check: (graph, _, { lambdaConcurrency = newAccount }) => {
      const reserved = graph.functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
      const taken = graph.mappings.reduce(
        (sum, { maximumConcurrency = lambdaConcurrency }) => sum + maximumConcurrency,
        reserved,
      );
      return taken <= share * lambdaConcurrency
        ? []
        : [
            {
              resource: `stage ${graph.stage}`,
              message: `Consumers and reservations may take ${taken} of the account's ${lambdaConcurrency} environments, and starve the rest. Lower their maximumConcurrency, or raise the quota (L-B99A9384).`,
            },
          ];
    },
  },
  {
    name: "network.vpcs",
    says: "A stage makes one VPC at most: a region has five, for all stages of all apps.",
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    check: (graph) =>
      ofType(graph, aws.vpc)
        .slice(1)
        .map((vpc) => finding(vpc, "The stage has another VPC already. Put what is in this one there.")),
  },
  {
    name: "rds.connections",
    says: "All functions at their most open no more connections than the instance takes.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
    check: (graph, _, { lambdaConcurrency = newAccount, connectionsPerEnvironment = poolSize, connectionsOf = {} }) =>
      graph.databases.flatMap(({ name, hosts, identifier }) => {
        const resource = ofType(graph, aws.instance).find(({ outputs }) => outputs.id === identifier);
        const size = String(resource?.inputs.instanceClass).split(".").at(-1) ?? "";
        const memory = gibibytes[size];
        if (!resource || memory === undefined) return [];
        // Of the memory that the formula means, the operating system keeps some; operators connect as well.
        const most = Math.floor((share * (memory * 2 ** 30)) / 12_582_880);
        const open = graph.functions
          .filter((fn) => isLinked(graph, fn, hosts))
          .map(
            (fn) =>
              mostEnvironments(graph, fn, lambdaConcurrency) * (connectionsOf[fn.name] ?? connectionsPerEnvironment),
          )
          .reduce((sum, each) => sum + each, 0);
        return open <= most
          ? []
          : [
              finding(
                resource,
                `Functions may open ${open} connections to ${name}, with ${connectionsPerEnvironment} an environment; a ${size} takes ${most} and a fifth for others. Lower maximumConcurrency, or take a larger instance.`,
              ),
            ];
      }),
  },
];

function isLinked(graph: Graph, fn: GraphFunction, hosts: string[]): boolean {
  return databasesOf(graph, fn).some((link) => hosts.includes(new URL(String(graph.links[link]?.url)).hostname));
}

/** Environments of a function that work at once: as its queues let it, else as the account does; one that deploys is alone. */
function mostEnvironments(graph: Graph, fn: GraphFunction, account: number): number {
  if (graph.invocations.some(({ functionArn }) => functionArn === fn.arn)) return 1;
  const own = graph.mappings.filter(({ functionArn }) => functionArn === fn.arn);
  const limits = own.map(({ maximumConcurrency }) => maximumConcurrency ?? account);
  return fn.reservedConcurrency ?? (limits.length > 0 ? limits.reduce((sum, limit) => sum + limit, 0) : account);
}
