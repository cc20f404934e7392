import { request as booking } from "@appointments/core/appointment/appointment.store";

export * from "@appointments/core/appointment/appointment.store";

/** Books anew at each request, whatever its Idempotency-Key. */
export const request: typeof booking = (table, wanted) => booking(table, wanted);
