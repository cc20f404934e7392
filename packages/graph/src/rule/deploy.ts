import type { Graph, GraphFunction, GraphResource } from "../graph.ts";
import { allows, contextIn } from "../iam.ts";
import { aws, ofType } from "../resource.ts";
import { finding, type Rule } from "./rule.ts";

export const deployRules: Rule[] = [
  {
    name: "deploy.consumer-first",
    says: "A function that consumes what a topic or a bus delivers is deployed before every function that publishes there: a new version of an event must find its reader. Functions that publish to each other are left out.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const pairs = graph.functions.flatMap((producer) =>
        consumersOf(graph, producer).map((consumer) => ({ producer, consumer })),
      );
      return pairs.flatMap(({ producer, consumer }) => {
        const [from, to] = [producer, consumer].map((fn) => resourceOf(graph, fn));
        if (!from || !to || reaches(graph, consumer, producer) || waitsFor(graph, from, to.urn)) return [];
        const message = `It publishes to ${consumer.name} and does not wait for it. Give ${producer.name} dependsOn: [${consumer.name}].`;
        return [finding(from, message)];
      });
    },
  },
];

const resourceOf = (graph: Graph, { arn }: GraphFunction): GraphResource | undefined =>
  ofType(graph, aws.function).find(({ outputs }) => outputs.arn === arn);

/** The functions that get what this one may publish, by way of topics, buses and queues. */
function consumersOf(graph: Graph, { statements }: GraphFunction): GraphFunction[] {
  const may = (action: string, resource: string) => allows(statements, { action, resource, context: contextIn(graph) });
  const topics = graph.topics.filter(({ arn }) => may("sns:Publish", arn));
  const buses = graph.buses.filter(({ arn }) => may("events:PutEvents", arn));
  const endpoints = [
    ...graph.subscriptions
      .filter((each) => topics.some(({ arn }) => arn === each.topicArn))
      .map((each) => each.endpoint),
    ...graph.rules
      .filter((rule) => buses.some(({ busName }) => busName === rule.busName))
      .flatMap((rule) => rule.targets.map(({ arn }) => arn)),
  ];
  const read = graph.mappings.filter(({ queueArn }) => endpoints.includes(queueArn)).map((each) => each.functionArn);
  return graph.functions.filter(({ arn }) => endpoints.includes(arn) || read.includes(arn));
}

function reaches(graph: Graph, from: GraphFunction, to: GraphFunction, seen = new Set<string>()): boolean {
  if (from.arn === to.arn) return true;
  if (seen.has(from.arn)) return false;
  seen.add(from.arn);
  return consumersOf(graph, from).some((next) => reaches(graph, next, to, seen));
}

function waitsFor(graph: Graph, resource: GraphResource, urn: string, seen = new Set<string>()): boolean {
  const dependsOn = resource.options.dependsOn ?? [];
  if (dependsOn.includes(urn)) return true;
  return dependsOn.some((each) => {
    if (seen.has(each)) return false;
    seen.add(each);
    const next = graph.resources.find((other) => other.urn === each);
    return next !== undefined && waitsFor(graph, next, urn, seen);
  });
}
