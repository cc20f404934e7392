import { createClient, isAppointmentsError } from "@appointments/sdk";

/*
 * What a consumer's program does, the same in Node, in a page and in a worker. In Node its task is its argument, as JSON, and its outcome
 * is what it writes.
 */

/** Books and cancels for oneself, then tries to reach somebody else's appointment. */
export async function book({ url, token, booking, foreign }) {
  const api = createClient({ baseUrl: url, token });
  const booked = await api.book(booking);
  const decided = await api.settled(booked);
  const listed = [];
  for await (const { appointmentId } of api.list(booking.insuredId, { pageSize: 1 })) listed.push(appointmentId);
  const cancelled = await api.settled(await api.cancel(decided, { reason: "patient_request", ifMatch: decided }));
  const history = await api.history(booked);
  return {
    statuses: [booked.status, decided.status, cancelled.status],
    listed: listed.includes(booked.appointmentId),
    causes: history.map(({ cause }) => cause),
    refusals: [
      await codeOf(api.get(foreign)),
      await codeOf(api.cancel(foreign)),
      await codeOf(api.page(foreign.insuredId)),
      await codeOf(api.book({ ...booking, insuredId: foreign.insuredId })),
      await codeOf(api.reschedule(decided, { scheduleId: 1 }, { ifMatch: decided })),
    ],
  };
}

async function codeOf(call) {
  try {
    await call;
    return "done";
  } catch (error) {
    if (isAppointmentsError(error)) return error.code;
    throw error;
  }
}

if (globalThis.process?.argv[2]) console.log(JSON.stringify(await book(JSON.parse(process.argv[2]))));
