/** What `npm run test:fidelity -- --target NAME` can run on. */
export const targetNames = ["embedded", "ministack", "moto", "dynamodb-local", "aws"] as const;
export type TargetName = (typeof targetNames)[number];

export const areas = [
  "SQS",
  "Lambda on SQS",
  "SNS",
  "EventBridge",
  "Lambda",
  "API Gateway",
  "DynamoDB",
  "IAM",
  "Links",
] as const;

/** Why a row is believed to be what AWS does, apart from its documentation page. */
export interface Evidence {
  /** `recording`: an answer of AWS itself, published; `documentation`: AWS says so; `agreement`: emulators that do not share code agree. */
  kind: "recording" | "documentation" | "agreement" | "none";
  /** Where to find it: for a recording, repository and test. */
  source: string;
  /** When AWS gave the recorded answer, as `2025-11-25`. */
  date?: string;
}

/** One behaviour of AWS that the project relies on, or could be hurt by. */
export interface Row {
  /** Unique, with its area first: `sqs.redrive.exact`. */
  id: string;
  area: (typeof areas)[number];
  /** One sentence, in the present tense, about AWS. */
  says: string;
  /** The page of AWS's documentation. */
  docs: string;
  evidence: Evidence;
  /** The targets it can run on; all without it. */
  targets?: readonly TargetName[];
  /** Targets known to behave otherwise, with who is right and by which evidence. There the row must fail, or this is out of date. */
  differences?: Partial<Record<TargetName, string>>;
}

/** A row that nobody could check here, with the reason. */
export interface UncheckedRow extends Row {
  unchecked: string;
}

declare module "vitest" {
  interface TaskMeta {
    row?: Row | UncheckedRow;
    /** Set when the row failed on a target where it is known to differ. */
    differs?: boolean;
    /** Version of the target that the row ran on. */
    version?: string;
  }
}

/** An answer of AWS that was recorded by the test of that name and published. */
export function recorded(file: string, test: string, date: string): Evidence {
  return { kind: "recording", source: `localstack/localstack tests/aws/services/${file}.snapshot.json ${test}`, date };
}

/** The documentation page of the row says so itself. */
export const documented: Evidence = { kind: "documentation", source: "the page" };

/** Pages of AWS's documentation that several rows name. */
export const pages = {
  receive: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html",
  send: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
  sendBatch: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html",
  visibility: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
  deadLetters: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
  polling: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
  delay: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html",
  standard: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html",
  lambdaSqs: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
  lambdaSqsErrors: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
  lambdaSqsScaling: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
  filter: "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",
  raw: "https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html",
  snsDeadLetters: "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
  publish: "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html",
  pattern: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html",
  patternBasics: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
  putEvents: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html",
  eventDelivery: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html",
  archive: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html",
  replay: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html",
  envelope: "https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html",
} as const;
