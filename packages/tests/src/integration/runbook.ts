import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GraphResource } from "@appointments/graph/graph";
import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import { root } from "../repository.ts";

/** What CloudWatch's metrics of a queue are called when SQS itself is asked: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const attributes: Record<string, QueueAttributeName> = {
  ApproximateNumberOfMessagesVisible: "ApproximateNumberOfMessages",
};

const comparisons: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** An alarm on a queue, as the graph has it, to be asked of a queue that runs somewhere. */
export function queueAlarm({ name, inputs }: GraphResource) {
  const attribute = attributes[String(inputs.metricName)];
  const breaches = comparisons[String(inputs.comparisonOperator)];
  if (inputs.namespace !== "AWS/SQS" || attribute === undefined || breaches === undefined)
    throw new Error(`${name} is no alarm that a look at a queue can answer`);
  // One data point makes the alarm, so one look can say whether it would ring.
  if (inputs.evaluationPeriods !== 1) throw new Error(`${name} needs ${inputs.evaluationPeriods} data points`);
  return {
    /** The dimension: a queue's name on AWS. */
    queueName: String((inputs.dimensions as { QueueName?: unknown }).QueueName),
    /** The attribute of SQS that is the metric. */
    attribute,
    /** Where the alarm's description says to look, e.g. `docs/runbook.md#dead-letters`. */
    link: /docs\/\S+$/.exec(String(inputs.alarmDescription))?.[0] ?? "",
    breaches: (value: number) => breaches(value, Number(inputs.threshold)),
  };
}

export interface Page {
  /** The `npm run ops -- …` commands of its code blocks, in order, without comments. */
  commands: string[];
  /** What its table says to do about a cause of that code; undefined when the code is not in it. */
  adviceOn: (code: string) => string | undefined;
}

/** Every `npm run ops -- …` command of a page, in its code blocks and in its text, in order. */
export async function opsCommands(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), "utf8");
  return [...text.matchAll(/(?:^|`)npm run ops -- ([a-z][^`#\n]*?)\s*(?:`|#|$)/gm)].map(([, command = ""]) => command);
}

/** Reads the page that a link such as `docs/runbook.md#dead-letters` leads to. Throws when there is none. */
export async function followLink(link: string): Promise<Page> {
  const [file = "", anchor] = link.split("#");
  const text = await readFile(join(root, file), "utf8");
  const sections = text.split(/^## /m).slice(1);
  const section = sections.find((each) => anchorOf(each.split("\n", 1)[0] ?? "") === anchor);
  if (section === undefined) throw new Error(`${file} has no heading for #${anchor}`);
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block.replaceAll("\\\n", " "));
  const commands = blocks
    .flatMap((block) => block.split("\n"))
    .flatMap((line) => /^npm run ops -- (.*?)\s*(#.*)?$/.exec(line)?.[1] ?? []);
  const rows = [...section.matchAll(/^\| (`.*) \| (.*) \| (.*) \|$/gm)];
  return {
    commands,
    adviceOn: (code) => rows.find(([, causes = ""]) => causes.includes(`\`${code}\``))?.[3],
  };
}

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
