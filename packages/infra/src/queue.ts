/** A consumer's visibility timeout is six times its function's timeout: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const visibilityFactor = 6;

export interface ConsumedQueueArgs {
  /** Timeout of the function that consumes the queue, in seconds. */
  consumerTimeoutSeconds: number;
  /** How often a message is received before SQS moves it to the dead-letter queue: 1 to 1000. */
  maxReceiveCount: number;
}

/** A quarter of what SQS takes, and far more than our messages need. */
const maxMessageBytes = 256 * 1024;

/**
 * A queue with the dead-letter queue `<name>_DLQ`, which keeps what arrives for 14 days, the longest SQS offers. It takes
 * larger messages than its queue, so that there is always room for the cause.
 */
export function queueWithDlq(name: string, args: ConsumedQueueArgs) {
  const dlq = new sst.aws.Queue(`${name}_DLQ`, {
    transform: { queue: { messageRetentionSeconds: 14 * 24 * 60 * 60, maxMessageSize: 4 * maxMessageBytes } },
  });
  const queue = new sst.aws.Queue(name, {
    visibilityTimeout: `${visibilityFactor * args.consumerTimeoutSeconds} seconds`,
    dlq: { queue: dlq.arn, retry: args.maxReceiveCount },
    transform: { queue: { maxMessageSize: maxMessageBytes } },
  });
  return { name, queue, dlq, maxReceiveCount: args.maxReceiveCount };
}

export type QueueWithDlq = ReturnType<typeof queueWithDlq>;

export interface ConsumeArgs extends Omit<sst.aws.FunctionArgs, "timeout" | "permissions" | "environment"> {
  timeoutSeconds: number;
  environment?: Record<string, $util.Input<string>>;
  permissions?: ReturnType<typeof import("./defaults.ts").allow>[];
  /** Messages an invocation gets at most (1 to 10,000; above 10 a window is needed) and how long they are gathered, in seconds (0 to 300). */
  batch: { size: number; windowSeconds: number };
  /** Environments that work on the queue at once: 2 to 1000. */
  maximumConcurrency: number;
}

/**
 * The function `name`, consuming a queue with partial batch responses. It may receive from and delete on its queue, and
 * write to the dead-letter queue, where it puts what can never be processed, with the cause.
 */
export function consume(name: string, source: QueueWithDlq, args: ConsumeArgs, opts?: $util.ComponentResourceOptions) {
  const { timeoutSeconds, batch, maximumConcurrency, ...rest } = args;
  const fn = new sst.aws.Function(
    name,
    {
      ...rest,
      timeout: `${timeoutSeconds} seconds`,
      link: [source.queue, source.dlq, ...((args.link as unknown[]) ?? [])],
      environment: { QUEUE: source.name, MAX_RECEIVE_COUNT: String(source.maxReceiveCount), ...args.environment },
      permissions: [
        {
          actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
          resources: [source.queue.arn],
        },
        { actions: ["sqs:SendMessage"], resources: [source.dlq.arn] },
        ...(args.permissions ?? []),
      ],
    },
    opts,
  );
  source.queue.subscribe(fn.arn, {
    batch: { size: batch.size, window: `${batch.windowSeconds} seconds`, partialResponses: true },
    transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency } } },
  });
  return fn;
}
