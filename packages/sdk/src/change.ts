import type { CallOptions, Send } from "./http/send.ts";
import { call } from "./operation.ts";
import type { Appointment, AppointmentKey, Booking, CancelReason, Reschedule } from "./types.ts";
import { etagOf, type Version } from "./version.ts";

export interface BookOptions extends CallOptions {
  /**
   * What makes a change safe to repeat: 1 to 255 visible ASCII characters without a comma. Each call has one, `crypto.randomUUID()`, for
   * its own retries; one of yours is the same in another call, in another process and after a crash.
   */
  idempotencyKey?: string | undefined;
  /** Your trace (W3C Trace Context), carried through to the country. */
  traceparent?: string | undefined;
}

export interface ChangeOptions extends BookOptions {
  /** Only if the appointment is still of this version; else the call throws `version_stale`. */
  ifMatch?: Version | undefined;
}

export type Changes = ReturnType<typeof changesOf>;

/** What changes something. Each answers at once, and the country decides later: `settled` waits for it. */
export function changesOf(send: Send) {
  return {
    /** Books a slot: the appointment is `pending`. */
    book: (booking: Booking, options?: BookOptions): Promise<Appointment> =>
      call(send, "bookAppointment", { path: {}, headers: keyed(options), body: booking }, options),

    /** Asks for a cancel: the appointment's `change` is `pending`. */
    cancel: (
      key: AppointmentKey,
      { reason, ...options }: ChangeOptions & { reason?: CancelReason | undefined } = {},
    ): Promise<Appointment> =>
      call(
        send,
        "cancelAppointment",
        {
          path: key,
          headers: { ...keyed(options), ...ifStill(options) },
          ...(reason !== undefined && { body: { reason } }),
        },
        options,
      ),

    /** Asks for another slot in the same country: the appointment's `change` is `pending`. */
    reschedule: (key: AppointmentKey, wanted: Reschedule, options?: ChangeOptions): Promise<Appointment> =>
      call(
        send,
        "rescheduleAppointment",
        { path: key, headers: { ...keyed(options), ...ifStill(options) }, body: wanted },
        options,
      ),
  };
}

const keyed = ({ idempotencyKey = crypto.randomUUID(), traceparent }: BookOptions = {}) => ({
  "Idempotency-Key": idempotencyKey,
  traceparent,
});

const ifStill = ({ ifMatch }: ChangeOptions = {}) => ({ "If-Match": etagOf(ifMatch) });
