import type { QueueWithDlq } from "./queue.ts";
import type { StageSettings } from "./stage.ts";

/*
 * Deliveries into a queue. SST's own subscribeQueue would let SNS, S3 and EventBridge of any AWS account send
 * (github.com/anomalyco/sst/issues/6972), so the subscription, the target and the policies are declared here.
 */

/** A topic's messages whose attributes match `filter` go to the queue as they are; what SNS cannot deliver goes to the queue's DLQ. */
export function topicToQueue(
  name: string,
  topic: sst.aws.SnsTopic,
  to: QueueWithDlq,
  filter: Record<string, string[]>,
) {
  const policies = acceptFrom(to, "sns.amazonaws.com", topic.arn);
  return new aws.sns.TopicSubscription(
    name,
    {
      topic: topic.arn,
      protocol: "sqs",
      endpoint: to.queue.arn,
      filterPolicy: JSON.stringify(filter),
      filterPolicyScope: "MessageAttributes",
      rawMessageDelivery: true,
      redrivePolicy: $jsonStringify({ deadLetterTargetArn: to.dlq.arn }),
    },
    { dependsOn: policies },
  );
}

export interface EventPattern {
  source: string[];
  "detail-type": string[];
}

/** The bus's events that match `pattern` go to the queue; what EventBridge cannot deliver within a day goes to the queue's DLQ. */
export function busToQueue(name: string, bus: sst.aws.Bus, to: QueueWithDlq, pattern: EventPattern) {
  const rule = new aws.cloudwatch.EventRule(`${name}Rule`, {
    name: `${$app.name}-${$app.stage}-${name}`,
    eventBusName: bus.name,
    eventPattern: JSON.stringify(pattern),
  });
  const policies = acceptFrom(to, "events.amazonaws.com", rule.arn);
  new aws.cloudwatch.EventTarget(
    `${name}Target`,
    {
      rule: rule.name,
      eventBusName: bus.name,
      arn: to.queue.arn,
      deadLetterConfig: { arn: to.dlq.arn },
      retryPolicy: { maximumEventAgeInSeconds: 24 * 60 * 60, maximumRetryAttempts: 185 },
    },
    { dependsOn: policies },
  );
  return rule;
}

/** Lets exactly one source send, through one service: to the queue, and to its DLQ for what the service itself gives up on. */
function acceptFrom(to: QueueWithDlq, service: string, sourceArn: $util.Output<string>) {
  return [
    { name: to.name, queue: to.queue },
    { name: `${to.name}_DLQ`, queue: to.dlq },
  ].map(
    ({ name, queue }) =>
      new aws.sqs.QueuePolicy(`${name}Policy`, {
        queueUrl: queue.url,
        policy: $jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: service },
              Action: "sqs:SendMessage",
              Resource: queue.arn,
              Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
            },
            { ...plainText, Action: "sqs:*", Resource: queue.arn },
          ],
        }),
      }),
  );
}

/** Denies whoever does not come by TLS; SQS and SNS also listen without. Other statements let in. */
const plainText = { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };

/** Lets nobody publish to a topic without TLS. Who may publish at all, roles say. */
export function refusePlainText(name: string, topic: sst.aws.SnsTopic) {
  new aws.sns.TopicPolicy(`${name}Policy`, {
    arn: topic.arn,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [{ ...plainText, Action: "sns:Publish", Resource: topic.arn }],
    }),
  });
}

/**
 * Keeps every event of the bus for replay: 90 days in production, a week elsewhere. Not under `sst dev`.
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
export function archive(name: string, bus: sst.aws.Bus, stage: StageSettings) {
  if ($dev) return;
  new aws.cloudwatch.EventArchive(name, {
    name: `${$app.name}-${$app.stage}-${name}`.slice(0, 48),
    description: "Every decision of every country, for replay",
    eventSourceArn: bus.arn,
    retentionDays: stage.production ? 90 : 7,
  });
}
