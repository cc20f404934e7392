import { preparePlatform } from "../evaluate/platform.ts";
import type { Graph } from "../graph.ts";
import { table } from "../text/markdown.ts";
import { callerRules } from "./caller.ts";
import { deployRules } from "./deploy.ts";
import { encryptionRules } from "./encryption.ts";
import { eventRules } from "./events.ts";
import { exposureRules } from "./exposure.ts";
import { iamRules } from "./iam.ts";
import { lambdaRules } from "./lambda.ts";
import { messageRules } from "./message.ts";
import { nameRules } from "./names.ts";
import { networkRules } from "./network.ts";
import { protectionRules } from "./protection.ts";
import { awsProvider, type Provider } from "./provider.ts";
import { quotaRules } from "./quota.ts";
import { rangeRules } from "./ranges.ts";
import type { Account, Finding, Rule } from "./rule.ts";
import { schemaRules } from "./schema.ts";
import { storeRules } from "./store.ts";
import { triggerRules } from "./trigger.ts";
import { userPoolRules } from "./user-pool.ts";

/** Every rule, by name. */
export const rules: Rule[] = [
  ...schemaRules,
  ...nameRules,
  ...rangeRules,
  ...lambdaRules,
  ...messageRules,
  ...eventRules,
  ...triggerRules,
  ...storeRules,
  ...iamRules,
  ...networkRules,
  ...deployRules,
  ...protectionRules,
  ...quotaRules,
  ...exposureRules,
  ...encryptionRules,
  ...callerRules,
  ...userPoolRules,
].sort((a, b) => (a.name < b.name ? -1 : 1));

export interface Fault extends Finding {
  rule: string;
  page: string;
}

/** What a deployment of the graph would fail with, or what would not work after it; nothing when it is in order. */
export function lint(graph: Graph, provider: Provider, account: Account = {}): Fault[] {
  return rules.flatMap((rule) =>
    rule.check(graph, provider, account).map((found) => ({ rule: rule.name, page: rule.page, ...found })),
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

/** Every rule as a table, in Markdown. */
export function rulesPage(): string {
  const groups = Map.groupBy(rules, ({ name }) => name.slice(0, name.indexOf(".")));
  return [
    "<!-- Made from packages/graph/src/rule by `npm run graph -- --write`. Do not edit. -->",
    "",
    "# Rules of a deployment",
    "",
    `\`npm run graph -- --lint\` checks every resource of every kind of stage against these ${rules.length} rules, without an account. A finding is`,
    "something for which `sst deploy` would fail, or which would be deployed and then not work.",
    ...[...groups].flatMap(([group, all]) => [
      "",
      `## ${group}`,
      "",
      table(
        ["rule", "says", "source"],
        all.map(({ name, says, page }) => [`\`${name}\``, says.replaceAll("|", "\\|"), `[${sourceOf(page)}](${page})`]),
      ),
    ]),
    "",
  ].join("\n");
}

function sourceOf(page: string): string {
  return /([^/]+?)(\.html|\/)?$/.exec(page)?.[1] ?? page;
}
