import { preparePlatform } from "../evaluate/platform.ts";
import type { Graph } from "../graph.ts";
import { apiRules } from "./apigateway.ts";
import { dynamodbRules } from "./dynamodb.ts";
import { eventRules } from "./events.ts";
import { iamRules } from "./iam.ts";
import { lambdaRules } from "./lambda.ts";
import { nameRules } from "./names.ts";
import { networkRules } from "./network.ts";
import { orderRules } from "./order.ts";
import { awsProvider, type Provider } from "./provider.ts";
import { rangeRules } from "./ranges.ts";
import { rdsRules } from "./rds.ts";
import type { Finding, Rule } from "./rule.ts";
import { schedulerRules } from "./scheduler.ts";
import { schemaRules } from "./schema.ts";
import { snsRules } from "./sns.ts";
import { sqsRules } from "./sqs.ts";

/** Every rule, by name. */
export const rules: Rule[] = [
  ...schemaRules,
  ...orderRules,
  ...nameRules,
  ...rangeRules,
  ...lambdaRules,
  ...sqsRules,
  ...snsRules,
  ...eventRules,
  ...schedulerRules,
  ...apiRules,
  ...dynamodbRules,
  ...iamRules,
  ...rdsRules,
  ...networkRules,
].sort((a, b) => (a.name < b.name ? -1 : 1));

export interface Fault extends Finding {
  rule: string;
  page: string;
}

/** What a deployment of the graph would fail with, or what would not work after it; nothing when it is in order. */
export function lint(graph: Graph, provider: Provider): Fault[] {
  return rules.flatMap((rule) =>
    rule.check(graph, provider).map((found) => ({ rule: rule.name, page: rule.page, ...found })),
  );
}

/** What the installed provider knows. @param root folder of sst.config.ts */
export async function installedProvider(root: string, onProgress?: (message: string) => void): Promise<Provider> {
  return awsProvider(await preparePlatform(root, onProgress));
}

/** Faults in words, for a terminal. */
export function describeFaults(faults: Fault[]): string {
  return faults
    .map(({ rule, resource, message, page }) => `${rule}  ${resource}\n    ${message}\n    ${page}`)
    .join("\n");
}
