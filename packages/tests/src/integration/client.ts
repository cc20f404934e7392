import type { AppointmentAnswer } from "@appointments/functions/api/appointment";
import { type ApiAccess, call } from "./access.ts";
import { eventually } from "./system.ts";

/** As the API answers it; the country is any text, because tests ask for countries that are none. */
export type AppointmentBody = Omit<AppointmentAnswer, "countryISO"> & { countryISO: string };
export type Booking = Pick<AppointmentBody, "insuredId" | "scheduleId" | "countryISO">;

/** A consumer of the API. */
export function clientOf(api: ApiAccess) {
  const get = (path: string) => call(api, path);
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    call(api, "/appointments", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
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
