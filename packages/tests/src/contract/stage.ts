import { type AppointmentBody, clientOf } from "../integration/client.ts";
import { eventually, type TestSystem } from "../integration/system.ts";

/** What an example needs to be there, and the parameters that name it. */
export type Arrange = () => Promise<Record<string, string>>;

/**
 * The appointments that the document's examples are about, by `operationId.example`; `decided` is for all others. Each is
 * an insured's of its own, with a slot of its own.
 */
export function stageOf(system: TestSystem) {
  const api = clientOf(system);
  let person = 6_000;
  let slot = 700_000;
  const named = ({ insuredId, appointmentId }: AppointmentBody) => ({ insuredId, appointmentId });
  const next = () => ({ insuredId: String(++person).padStart(5, "0"), scheduleId: ++slot, countryISO: "PE" });
  const book = async (booking = next()) => api.decided(await api.book(booking));
  const change = async (of: AppointmentBody, verb: string, body: unknown) => {
    const response = await system.call(`/appointments/${of.insuredId}/${of.appointmentId}/${verb}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  };
  /** Nothing is published, so the country is asked only when the reconciler comes, a minute later. */
  const unpublished = async <T>(work: () => Promise<T>): Promise<T> => {
    system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 100 }]);
    try {
      return await work();
    } finally {
      system.gateway.faults.clear();
    }
  };
  const cancelled: Arrange = async () => {
    const appointment = await book();
    await change(appointment, "cancel", { reason: "patient_request" });
    await eventually("the appointment is cancelled", async () =>
      (await api.read(appointment)).status === "cancelled" ? true : undefined,
    );
    return named(appointment);
  };
  const alreadyYours: Arrange = async () => {
    const booking = next();
    await book(booking);
    return named(await book(booking));
  };
  const decided: Arrange = async () => named(await book());
  const arrangements: Record<string, Arrange> = {
    "listAppointments.all": alreadyYours,
    "listAppointments.page": alreadyYours,
    "getAppointment.cancelled": cancelled,
    "getAppointment.alreadyYours": alreadyYours,
    "cancelAppointment.changeInProgress": async () => {
      const appointment = await book();
      await unpublished(() => change(appointment, "reschedule", { scheduleId: ++slot }));
      return named(appointment);
    },
    "cancelAppointment.rejected": async () => {
      const { scheduleId, countryISO, ...other } = next();
      await book({ scheduleId, countryISO, ...other });
      return named(await book({ ...next(), scheduleId }));
    },
    "rescheduleAppointment.pending": async () => named(await unpublished(() => api.book(next()))),
    "rescheduleAppointment.cancelled": cancelled,
  };
  return (example: string): Arrange => arrangements[example] ?? decided;
}
