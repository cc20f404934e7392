export type { BookOptions, ChangeOptions } from "./change.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export {
  type AnyAppointmentsError,
  AppointmentsError,
  type ErrorCode,
  isAppointmentsError,
  type LocalCode,
  type ProblemCode,
} from "./error.ts";
export type { RetryOptions } from "./http/retry.ts";
export type { CallOptions } from "./http/send.ts";
export type { Token } from "./http/token.ts";
export type { ListOptions, SettledOptions } from "./read.ts";
export type {
  Appointment,
  AppointmentKey,
  AppointmentPage,
  Booking,
  CancelReason,
  Country,
  FieldError,
  PageQuery,
  Problem,
  Reschedule,
  Status,
  Transition,
} from "./types.ts";
export type { Version } from "./version.ts";
