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
