interface Data {
  appointmentId: string;
  createdAt: string;
}

/**
 * An event as the API (or the country that `source` names) publishes it, written out here: what is frozen on the wire
 * must be told without the code under test.
 *
 * @param fact the end of its type; of its id too, where `id` does not say otherwise
 */
export const eventOf = <D extends Data>(
  fact: string,
  data: D,
  { source = "api", version = 1, id = fact, time = data.createdAt } = {},
) => ({
  specversion: "1.0",
  id: `${data.appointmentId}.${id}`,
  source: `appointments.${source}`,
  type: `appointment.${fact}.v${version}`,
  subject: data.appointmentId,
  time,
  datacontenttype: "application/json",
  data,
});

interface Booked extends Data {
  insuredId: string;
  scheduleId: number;
  countryISO: string;
}

/** What an event says of a booking, of an appointment that may say more. */
export const bookingOf = <B extends Booked>({ appointmentId, insuredId, scheduleId, countryISO, createdAt }: B) => ({
  appointmentId,
  insuredId,
  scheduleId,
  countryISO,
  createdAt,
});
