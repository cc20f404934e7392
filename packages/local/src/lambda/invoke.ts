/** What a Lambda invocation came to, as the invoker sees it. */
export type InvokeResult =
  | { ok: true; payload: unknown; requestId: string; durationMs: number }
  | {
      ok: false;
      /** `Unhandled`: the handler threw. `Timeout`, `Exit`, `OutOfMemory`: the environment was lost with it. `Init`: the module did not load. */
      kind: "Unhandled" | "Timeout" | "Exit" | "OutOfMemory" | "Init";
      errorType: string;
      errorMessage: string;
      trace?: string[];
      requestId: string;
      durationMs: number;
    };

/** Invokes one function and waits for its answer. Never rejects: a failure is a result. */
export type Invoke = (event: unknown) => Promise<InvokeResult>;
