import { consume as consuming } from "@appointments/functions/queue/consume";

export * from "@appointments/functions/queue/consume";

/** Consumers that have stopped, but for Peru's: whatever comes has to come again. */
export const consume: typeof consuming = async (event, consumer) =>
  consumer.source.name === "SQS_PE"
    ? consuming(event, consumer)
    : { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
