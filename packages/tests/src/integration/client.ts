import type { AppointmentAnswer } from "@appointments/functions/api/appointment";
import { eventually } from "./system.ts";

/** As the API answers it; the country is any text, because tests ask for countries that are none. */
export type AppointmentBody = Omit<AppointmentAnswer, "countryISO"> & { countryISO: string };
export type Booking = Pick<AppointmentBody, "insuredId" | "scheduleId" | "countryISO">;

/** A consumer of the API. */
export function clientOf(url: string) {
  const get = (path: string) => fetch(url + path, { signal: AbortSignal.timeout(20_000) });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/appointments`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  const book = async (booking: Booking, headers?: Record<string, string>): Promise<AppointmentBody> => {
    const response = await post(booking, headers);
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as AppointmentBody;
  };
  const read = async ({ insuredId, appointmentId }: AppointmentBody): Promise<AppointmentBody> => {
    const response = await get(`/appointments/${insuredId}/${appointmentId}`);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as AppointmentBody;
  };
  /** The appointment once the country has decided. */
  const decided = (appointment: AppointmentBody, timeoutMs?: number): Promise<AppointmentBody> =>
    eventually(
      `appointment ${appointment.appointmentId} is decided`,
      async () => {
        const now = await read(appointment);
        return now.status === "pending" ? undefined : now;
      },
      timeoutMs,
    );
  return { get, post, book, read, decided };
}
