/** Why an invocation has no answer. */
export type InvokeFailure =
  /** The handler threw, or its answer could not be sent. The environment lives on. */
  | "Unhandled"
  /** The environment was lost with the invocation: it ran too long, ended by itself, or took too much memory. */
  | "Timeout"
  | "Exit"
  | "OutOfMemory"
  /** The module did not load. */
  | "Init"
  /** No environment was free, and none may be added. Nothing ran. */
  | "Throttled"
  /** The event is over Lambda's 6 MB. Nothing ran. */
  | "TooLarge";

/** The result of a Lambda invocation, as the invoker sees it. */
export type InvokeResult =
  | { ok: true; payload: unknown; requestId: string; durationMs: number }
  | {
      ok: false;
      kind: InvokeFailure;
      /** As Lambda names it, e.g. `Error`, `Sandbox.Timedout`, `Runtime.OutOfMemory`. */
      errorType: string;
      errorMessage: string;
      trace?: string[];
      requestId: string;
      durationMs: number;
    };

/** Invokes one function and waits for its answer. Never rejects: a failure is a result. */
export type Invoke = (event: unknown) => Promise<InvokeResult>;
