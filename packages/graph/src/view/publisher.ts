import type { GraphArchive, GraphBus, GraphResource, GraphRule, GraphSubscription, GraphTopic } from "../graph.ts";
import { aws, record } from "../resource.ts";
import { componentName, number, optionalText, parsed, type Resources, text, viewsOf } from "./resources.ts";

export function buses(resources: Resources): GraphBus[] {
  return viewsOf(resources, aws.bus, (bus) => ({
    name: componentName(bus, "sst:aws:Bus"),
    busName: text(bus, "name"),
    arn: text(bus, "arn"),
  }));
}

/** Rules that match events; those that only run on a schedule are among the schedules. */
export function rules(resources: Resources): GraphRule[] {
  return viewsOf(resources, aws.rule, (rule) => {
    const pattern = parsed(rule.inputs.eventPattern);
    if (!pattern) return [];
    return {
      name: componentName(rule, "sst:aws:BusQueueSubscriber"),
      ruleName: text(rule, "name"),
      arn: text(rule, "arn"),
      busName: busName(rule),
      pattern,
      targets: targetsOf(resources, rule).map((target) => {
        const deadLetterArn = optionalText(record(target.inputs.deadLetterConfig), "arn");
        const retry = retryOf(target);
        return { arn: text(target, "arn"), ...(deadLetterArn ? { deadLetterArn } : {}), ...(retry ? { retry } : {}) };
      }),
    };
  });
}

export function archives(resources: Resources): GraphArchive[] {
  return viewsOf(resources, aws.archive, (archive) => {
    const pattern = parsed(archive.inputs.eventPattern);
    const days = number(archive, "retentionDays", 0);
    return {
      name: archive.name,
      archiveName: text(archive, "name"),
      arn: text(archive, "arn"),
      busArn: text(archive, "eventSourceArn"),
      ...(pattern ? { pattern } : {}),
      ...(days > 0 ? { retentionDays: days } : {}),
    };
  });
}

export function targetsOf(resources: Resources, rule: GraphResource): GraphResource[] {
  return resources
    .of(aws.target)
    .filter((target) => target.inputs.rule === text(rule, "name") && busName(target) === busName(rule));
}

/** The bus may be given by its ARN, too. */
function busName(resource: GraphResource): string {
  return optionalText(resource.inputs, "eventBusName")?.split("/").at(-1) ?? "default";
}

function retryOf(target: GraphResource): GraphRule["targets"][number]["retry"] {
  const { maximumEventAgeInSeconds: age, maximumRetryAttempts: attempts } = record(target.inputs.retryPolicy);
  if (age === undefined && attempts === undefined) return undefined;
  return {
    ...(typeof age === "number" ? { maximumEventAgeSeconds: age } : {}),
    ...(typeof attempts === "number" ? { maximumAttempts: attempts } : {}),
  };
}

export function topics(resources: Resources): GraphTopic[] {
  return viewsOf(resources, aws.topic, (topic) => ({
    name: componentName(topic, "sst:aws:SnsTopic"),
    topicName: text(topic, "name"),
    arn: text(topic, "arn"),
  }));
}

export function subscriptions(resources: Resources): GraphSubscription[] {
  return viewsOf(resources, aws.subscription, (subscription) => {
    const { inputs } = subscription;
    const filterPolicy = parsed(inputs.filterPolicy);
    const scope = inputs.filterPolicyScope === "MessageBody" ? "MessageBody" : "MessageAttributes";
    const deadLetterArn = optionalText(parsed(inputs.redrivePolicy) ?? {}, "deadLetterTargetArn");
    return {
      name: componentName(subscription, "sst:aws:SnsTopicQueueSubscriber"),
      topicArn: text(subscription, "topic"),
      protocol: text(subscription, "protocol"),
      endpoint: text(subscription, "endpoint"),
      rawMessageDelivery: inputs.rawMessageDelivery === true,
      ...(filterPolicy ? { filterPolicy, filterPolicyScope: scope } : {}),
      ...(deadLetterArn ? { deadLetterArn } : {}),
    };
  });
}
