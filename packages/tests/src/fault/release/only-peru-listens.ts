import { consume as consuming } from "@appointments/functions/subscriber/consume";

export * from "@appointments/functions/subscriber/consume";

/** Consumers that have stopped, but for Peru's: whatever comes has to come again. */
export const consume: typeof consuming = async (event, consumer) =>
  consumer.source.name === "SQS_PE"
    ? consuming(event, consumer)
    : { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
