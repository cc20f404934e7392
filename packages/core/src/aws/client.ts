import { Resource } from "sst";
import {
  type CountryCode,
  countryCodes,
  databaseName,
  databaseOwnerName,
  eraserName,
  lookupName,
  queueName,
} from "../country/country.ts";
import { AppError, type ErrorCode } from "../error.ts";

/**
 * How every AWS client here waits and repeats.
 *
 * Without limits of its own the SDK waits for an answer for ever, and a function then ends by its timeout, with
 * nothing said. Times in milliseconds. Source:
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/configuring-the-jssdk.html
 */
export const clientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

/** The value that `make` makes the first time: one client for the life of the execution environment. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Error names with which AWS says "later". */
const later =
  /Throttl|TooManyRequests|ThroughputExceeded|RequestLimitExceeded|SlowDown|Timeout|ServiceUnavailable|InternalFailure|InternalServerError|InternalError|InternalException|AbortError|CredentialsProvider/i;
const network = new Set(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

/** Whether AWS says with this error name or code that the same call can succeed later. */
export const isPassingName = (name: string): boolean => later.test(name) || network.has(name);

/** Whether an error of the AWS SDK is a passing one: throttled, unreachable, or the service's own fault. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } }; // the SDK's fields
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    isPassingName(error.name) || (typeof code === "string" && network.has(code)) || status >= 500 || status === 429
  );
}

/** An AWS call's error as ours: `code` when it is passing, else `internal` (a denied call, a missing queue). */
export function awsTrouble(error: unknown, code: ErrorCode, service: string): AppError {
  if (isPassing(error)) {
    return new AppError(code, `${service} does not answer as it should; try again later`, { cause: error });
  }
  const name = error instanceof Error ? error.name : typeof error;
  const message = `${service} refused with ${name}; check the function's permissions and links`;
  return new AppError("internal", message, { cause: error });
}

/** The queues that functions consume, by component name. */
export const queueNames = [...countryCodes.map(queueName), "SQS_CONFIRMATION"] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * What the graph links to a function, read in this one place and when it is needed: a function has only its own links,
 * and asking for another throws, with the name of what is missing.
 */
export const link = {
  tableName: (): string => Resource.Appointments.name,
  topicArn: (): string => Resource.Requested.arn,
  cursorSecret: (): string => Resource.CursorSecret.value,
  busName: (): string => Resource.Bus.name,
  busArn: (): string => Resource.Bus.arn,
  queueUrl: (queue: QueueName): string => Resource[queue].url,
  deadLetterUrl: (queue: QueueName): string => Resource[`${queue}_DLQ`].url,
  databaseUrl: (country: CountryCode): string => Resource[databaseName(country)].url,
  databaseOwnerUrl: (country: CountryCode): string => Resource[databaseOwnerName(country)].url,
  lookupFunction: (country: CountryCode): string => Resource[lookupName(country)].name,
  eraseFunction: (country: CountryCode): string => Resource[eraserName(country)].name,
};
