import { parseJson } from "@appointments/core/event";
import { log } from "@appointments/core/log";
import type { consume as consuming } from "@appointments/functions/queue/consume";

export * from "@appointments/functions/queue/consume";

/** Logs what goes wrong with a message, and the message is done. */
export const consume: typeof consuming = async (event, { parse, process }) => {
  for (const { body } of event.Records) {
    try {
      const [error] = await process([parse(parseJson(body))]);
      if (error) throw error;
    } catch (error) {
      log.error("message.failed", { error });
    }
  }
  return { batchItemFailures: [] };
};
