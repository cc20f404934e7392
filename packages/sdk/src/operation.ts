import type { operations, paths } from "./document.ts";
import { AppointmentsError } from "./error.ts";
import type { CallOptions, Outgoing, Send } from "./http/send.ts";

type Name = keyof typeof routes;

/** Method and path of an operation, as the document has them. */
type RouteOf<Id extends keyof operations> = {
  [Path in keyof paths]: {
    [Method in "get" | "post"]: paths[Path][Method] extends operations[Id] ? readonly [Uppercase<Method>, Path] : never;
  }["get" | "post"];
}[keyof paths];

const routes = {
  bookAppointment: ["POST", "/appointments"],
  listAppointments: ["GET", "/appointments/{insuredId}"],
  getAppointment: ["GET", "/appointments/{insuredId}/{appointmentId}"],
  getAppointmentHistory: ["GET", "/appointments/{insuredId}/{appointmentId}/history"],
  cancelAppointment: ["POST", "/appointments/{insuredId}/{appointmentId}/cancel"],
  rescheduleAppointment: ["POST", "/appointments/{insuredId}/{appointmentId}/reschedule"],
} as const satisfies { [Id in keyof operations]?: RouteOf<Id> };

type Parameters<Id extends Name> = operations[Id]["parameters"];

/** What the document lets an operation be sent. */
interface Input<Id extends Name> {
  path: Defined<Parameters<Id>["path"]>;
  query?: Loose<NonNullable<Parameters<Id>["query"]>>;
  headers?: Loose<NonNullable<Parameters<Id>["header"]>>;
  body?: BodyOf<operations[Id]>;
  /** As in `Outgoing`. */
  waitMs?: number;
}
type Defined<T> = T extends undefined ? Record<never, string> : T;
/** Members that may also be `undefined`. */
export type Loose<T> = { [Member in keyof T]?: T[Member] | undefined };
type BodyOf<Operation> = Operation extends { requestBody?: infer Body }
  ? NonNullable<Body> extends { content: { "application/json": infer Json } }
    ? Json
    : never
  : never;

/** What an operation answers when it does what it is asked. */
type Output<Id extends Name> = {
  [Status in keyof operations[Id]["responses"]]: Status extends 200 | 202
    ? operations[Id]["responses"][Status] extends { content: { "application/json": infer Json } }
      ? Json
      : never
    : never;
}[keyof operations[Id]["responses"]];

/** Calls an operation of the document. */
export async function call<Id extends Name>(
  send: Send,
  id: Id,
  input: Input<Id>,
  options: CallOptions | undefined,
): Promise<Output<Id>> {
  const answer = await callUnlessSame(send, id, input, options);
  if (answer !== undefined) return answer;
  throw new AppointmentsError("unrecognized", "Nothing was known, and the answer is that it is the same", {
    status: 304,
  });
}

/** Calls an operation of the document with a condition: `undefined` when what is known is still the same. */
export async function callUnlessSame<Id extends Name>(
  send: Send,
  id: Id,
  { path, ...rest }: Input<Id>,
  options: CallOptions | undefined,
): Promise<Output<Id> | undefined> {
  const [method, template] = routes[id];
  const parts: Record<string, string> = path;
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, parts[name]));
  // The document's parameters are text and numbers.
  const others = rest as Omit<Outgoing, "method" | "path">;
  const { body } = await send({ method, path: filled, ...others }, options);
  // The document says so of each answer, and the API's own tests hold it to that.
  return body as Output<Id> | undefined;
}

/** A part of a path. Throws a TypeError for what a URL would read as another path. */
function segment(name: string, value: string | undefined): string {
  if (value === undefined || /^\.{0,2}$/.test(value)) throw new TypeError(`${name} is ${JSON.stringify(value)}`);
  return encodeURIComponent(value);
}
