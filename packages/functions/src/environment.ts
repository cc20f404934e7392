import { link, queueNames } from "@appointments/core/aws/client";
import { type CountryCode, countryCodes, isCountryCode } from "@appointments/core/country/country";
import { AppError } from "@appointments/core/error";
import * as v from "valibot";
import type { CallerLimit } from "./api/limit.ts";

/* What the graph writes into a function's environment, beside its links. */

/** The country that this function serves, by its environment. Throws `configuration_invalid`. */
export function servedCountry(code = process.env.COUNTRY ?? ""): CountryCode {
  if (isCountryCode(code)) return code;
  throw new AppError("configuration_invalid", `Set COUNTRY to one of ${countryCodes.join(", ")}`);
}

/** The queue that a consumer's messages come from. */
export interface SourceQueue {
  name: string;
  url: string;
  deadLetterUrl: string;
  /** From this delivery on a message that fails is given up; the redrive policy's `maxReceiveCount`. */
  maxReceiveCount: number;
}

const environment = v.object({
  QUEUE: v.picklist(queueNames),
  MAX_RECEIVE_COUNT: v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,3}$/), v.transform(Number)),
});

/** The source queue that `QUEUE` names. Throws `configuration_invalid`. */
export function sourceQueue(env: Record<string, string | undefined> = process.env): SourceQueue {
  const result = v.safeParse(environment, env);
  if (!result.success) {
    const message = `Set QUEUE to one of ${queueNames.join(", ")}, and MAX_RECEIVE_COUNT to the queue's own`;
    throw new AppError("configuration_invalid", message);
  }
  const { QUEUE: name, MAX_RECEIVE_COUNT: maxReceiveCount } = result.output;
  return { name, url: link.queueUrl(name), deadLetterUrl: link.deadLetterUrl(name), maxReceiveCount };
}

const count = v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,4}$/), v.transform(Number));
const limits = v.object({ CALLER_PER_SECOND: count, CALLER_BURST: count });

/** What `CALLER_PER_SECOND` and `CALLER_BURST` let each caller ask of the API. Throws `configuration_invalid`. */
export function callerLimit(env: Record<string, string | undefined> = process.env): CallerLimit {
  const result = v.safeParse(limits, env);
  if (!result.success) {
    throw new AppError("configuration_invalid", "Set CALLER_PER_SECOND and CALLER_BURST, each 1 to 99999");
  }
  return { perSecond: result.output.CALLER_PER_SECOND, burst: result.output.CALLER_BURST };
}
