import { AppointmentsError } from "./error.ts";
import { pause, within } from "./http/deadline.ts";
import type { CallOptions, Send } from "./http/send.ts";
import { call, callUnlessSame, type Loose } from "./operation.ts";
import type { Appointment, AppointmentKey, AppointmentPage, PageQuery, Transition } from "./types.ts";
import { etagOf, type Version } from "./version.ts";

export interface ListOptions extends CallOptions, Loose<Omit<PageQuery, "cursor" | "limit">> {
  /** Appointments that are read at once, 1 to 100. */
  pageSize?: number | undefined;
}

export interface SettledOptions extends Pick<CallOptions, "signal"> {
  /** Milliseconds to wait at most. 120,000 unless told. */
  limitMs?: number | undefined;
}

/** Seconds that an answer may be held back: as many as the document allows. */
const waitSeconds = 20;
/** Milliseconds between two questions, when answers are not held back. */
const settlePauseMs = 1_000;

export type Reads = ReturnType<typeof readsOf>;

/** What changes nothing. */
export function readsOf(send: Send) {
  const page = (insuredId: string, query: Loose<PageQuery> = {}, options?: CallOptions): Promise<AppointmentPage> =>
    call(send, "listAppointments", { path: { insuredId }, query }, options);

  return {
    /** The appointment as it is now. */
    get: (key: AppointmentKey, options?: CallOptions): Promise<Appointment> =>
      call(send, "getAppointment", { path: key }, options),

    /** The appointment as it is now, or `undefined` when it is still of the version that you have. */
    getIfChanged: (key: AppointmentKey, known: Version, options?: CallOptions): Promise<Appointment | undefined> =>
      callUnlessSame(send, "getAppointment", { path: key, headers: { "If-None-Match": etagOf(known) } }, options),

    /** One page of an insured's appointments, newest first; `nextCursor` is the `cursor` of the next. */
    page,

    /** All of an insured's appointments, newest first; pages are read as they are needed. `timeoutMs` is for each page. */
    async *list(
      insuredId: string,
      { pageSize: limit, signal, timeoutMs, ...filter }: ListOptions = {},
    ): AsyncGenerator<Appointment, void, undefined> {
      let cursor: string | undefined;
      do {
        const { items, nextCursor } = await page(insuredId, { ...filter, limit, cursor }, { signal, timeoutMs });
        yield* items;
        cursor = nextCursor;
      } while (cursor !== undefined);
    },

    /** What happened to the appointment, oldest first. */
    history: async (key: AppointmentKey, options?: CallOptions): Promise<Transition[]> =>
      (await call(send, "getAppointmentHistory", { path: key }, options)).items,

    /**
     * The appointment once its country has decided: neither it nor its newest change is `pending`. The API holds its answers back until
     * then, so this costs a request every 20 seconds. Throws `unsettled` after `limitMs`.
     */
    settled(key: AppointmentKey, { signal, limitMs = 120_000 }: SettledOptions = {}): Promise<Appointment> {
      const late = () =>
        new AppointmentsError("unsettled", `Not decided within ${limitMs} ms; ask again`, { status: undefined });
      return within({ signal, timeoutMs: limitMs, late }, async (signal) => {
        for (;;) {
          const asked = performance.now();
          const appointment = await call(
            send,
            "getAppointment",
            { path: key, query: { wait: waitSeconds }, waitMs: waitSeconds * 1000 },
            { signal, timeoutMs: limitMs },
          );
          if (isSettled(appointment)) return appointment;
          await pause(asked + settlePauseMs - performance.now(), signal);
        }
      });
    },
  };
}

const isSettled = ({ status, change }: Appointment): boolean => status !== "pending" && change?.status !== "pending";
