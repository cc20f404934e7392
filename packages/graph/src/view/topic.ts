import type { GraphSubscription, GraphTopic } from "../graph.ts";
import { byName, componentName, optionalText, parsed, type Resources, text } from "./resources.ts";

export function topics(resources: Resources): GraphTopic[] {
  return byName(
    resources.of("aws:sns/topic:Topic").map((topic) => ({
      name: componentName(topic, "sst:aws:SnsTopic"),
      topicName: text(topic, "name"),
      arn: text(topic, "arn"),
    })),
  );
}

export function subscriptions(resources: Resources): GraphSubscription[] {
  return byName(
    resources.of("aws:sns/topicSubscription:TopicSubscription").map((subscription) => {
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
    }),
  );
}
