import type { components, operations } from "./document.ts";

/* The words of the document in the client's names. */

type Schemas = components["schemas"];

/** An appointment as it is now. */
export type Appointment = Schemas["Appointment"];
/** What to book: for whom, which slot, in which country. */
export type Booking = Schemas["BookingRequest"];
/** Where appointments can be booked. */
export type Country = Booking["countryISO"];
/** Where an appointment is: `pending` until its country has decided. */
export type Status = Appointment["status"];
/** Why an appointment is cancelled. */
export type CancelReason = NonNullable<Schemas["CancelRequest"]["reason"]>;
/** The slot that a reschedule asks for. */
export type Reschedule = Schemas["RescheduleRequest"];
/** One line of an appointment's history. */
export type Transition = Schemas["Transition"];
/** A page of an insured's appointments, and where the next begins. */
export type AppointmentPage = Schemas["AppointmentList"];
/** A problem as the API answers it (RFC 9457). */
export type Problem = Schemas["Problem"];
/** One field at fault. */
export type FieldError = Schemas["FieldError"];

/** Which appointment; an `Appointment` is one as well. */
export type AppointmentKey = operations["getAppointment"]["parameters"]["path"];
/** Which of an insured's appointments, and how many a page. */
export type PageQuery = NonNullable<operations["listAppointments"]["parameters"]["query"]>;
