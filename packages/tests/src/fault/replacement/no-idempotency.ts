import { request as requesting } from "@appointments/core/appointment/request";

export * from "@appointments/core/appointment/request";

/** Books anew at each request, whatever its Idempotency-Key. */
export const request: typeof requesting = (to, caller, wanted, { idempotencyKey: _, ...options } = {}) =>
  requesting(to, caller, wanted, options);
