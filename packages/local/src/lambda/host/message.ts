/** An error as Lambda's runtime reports it. */
export interface LambdaError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** From the pool to an execution environment: one event. `event` is JSON text. */
export interface InvokeMessage {
  type: "invoke";
  requestId: string;
  /** Epoch milliseconds at which the function's time is over. */
  deadline: number;
  functionArn: string;
  traceId: string;
  event: string;
}

/** From an execution environment to the pool. */
export type HostMessage =
  | { type: "ready" }
  /** Nothing is left to do until the next event. */
  | { type: "idle" }
  /** The module did not load; the process ends after it. */
  | { type: "init-error"; error: LambdaError }
  /** `payload` is JSON text. */
  | { type: "response"; requestId: string; payload: string }
  | { type: "error"; requestId: string; error: LambdaError }
  /** An uncaught exception or unhandled rejection; the process ends after it. */
  | { type: "fatal"; error: LambdaError };
