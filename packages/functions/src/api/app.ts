import { appointmentNotFound } from "@appointments/core/appointment/access";
import { alter } from "@appointments/core/appointment/alter";
import type { Appointment, Wanted } from "@appointments/core/appointment/appointment";
import * as read from "@appointments/core/appointment/read";
import { request } from "@appointments/core/appointment/request";
import type { Table } from "@appointments/core/appointment/table";
import type { Topic } from "@appointments/core/appointment/topic";
import { parse } from "@appointments/core/parse";
import { traceparentOf } from "@appointments/core/trace";
import { type Context, Hono } from "hono";
import type * as v from "valibot";
import { answering, type Env } from "./answering.ts";
import {
  answerOf,
  cancelBody,
  cancelFrom,
  requestBody,
  requestFrom,
  rescheduleBody,
  rescheduleFrom,
  transitionAnswer,
} from "./appointment.ts";
import { Refusal } from "./problem.ts";
import {
  etagOf,
  fromCursor,
  readIdempotencyKey,
  readIfMatch,
  readIfNoneMatch,
  readInsuredId,
  readJson,
  readKey,
  readLimit,
  readOptionalJson,
  takes,
  toCursor,
} from "./request.ts";
import { type Called, guarded, open } from "./route.ts";

/** The HTTP API over the table of appointments and the topic of the countries. */
export function createApp({ table, topic }: { table: Table; topic: Topic }) {
  const app = new Hono<Env>();
  answering(app);
  return app
    .get(...open("getHealth"), takes(), (c) => c.json({ status: "ok" as const }))
    .post(...guarded("bookAppointment"), takes(), async (c) => {
      const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
      const wanted = requestFrom(fields(requestBody, await readJson(c.req)));
      const traceparent = traceparentOf(c.req.header("traceparent"));
      return accepted(c, await request({ table, topic }, c.get("caller"), wanted, { idempotencyKey, traceparent }));
    })
    .post(...guarded("cancelAppointment"), takes(), async (c) => {
      const body = await readOptionalJson(c.req);
      return accepted(c, await change(c, cancelFrom(fields(cancelBody, body === undefined ? {} : body))));
    })
    .post(...guarded("rescheduleAppointment"), takes(), async (c) => {
      return accepted(c, await change(c, rescheduleFrom(fields(rescheduleBody, await readJson(c.req)))));
    })
    .get(...guarded("listAppointments"), takes("limit", "cursor"), async (c) => {
      const insuredId = readInsuredId(c.req.param("insuredId"));
      const limit = readLimit(c.req.query("limit"));
      const cursor = c.req.query("cursor");
      const after = cursor === undefined ? undefined : fromCursor(insuredId, cursor);
      const { items, more } = await read.list(table, c.get("caller"), insuredId, { limit, after });
      const last = items.at(-1);
      return c.json({
        items: items.map(answerOf),
        ...(more && last && { nextCursor: toCursor(insuredId, last.appointmentId) }),
      });
    })
    .get(...guarded("getAppointment"), takes(), async (c) => {
      const isKnown = readIfNoneMatch(c.req.header("if-none-match"));
      const appointment = await read.get(table, c.get("caller"), keyIn(c));
      if (!appointment) throw appointmentNotFound();
      const etag = etagOf(appointment);
      return isKnown(appointment.version) ? c.body(null, 304, { etag }) : c.json(answerOf(appointment), 200, { etag });
    })
    .get(...guarded("getAppointmentHistory"), takes(), async (c) => {
      const items = await read.history(table, c.get("caller"), keyIn(c));
      if (!items) throw appointmentNotFound();
      return c.json({ items: items.map(transitionAnswer) });
    });

  function change(c: OneContext, wanted: Wanted): Promise<Appointment> {
    const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
    const matches = readIfMatch(c.req.header("if-match"));
    const traceparent = traceparentOf(c.req.header("traceparent"));
    return alter({ table, topic }, c.get("caller"), keyIn(c), wanted, { matches, idempotencyKey, traceparent });
  }

  /** What is saved will be decided: 202, whether or not it could be published now. */
  function accepted<C extends Context>(c: C, appointment: Appointment) {
    const { insuredId, appointmentId } = appointment;
    const location = `/appointments/${insuredId}/${appointmentId}`;
    return c.json(answerOf(appointment), 202, { location, etag: etagOf(appointment) });
  }
}

/** A request about one appointment. */
type OneContext = Context<Called, "/:insuredId/:appointmentId">;

const keyIn = (c: OneContext) => readKey(c.req.param("insuredId"), c.req.param("appointmentId"));

/** The fields of a body. Throws `fields_invalid`, naming each at fault. */
function fields<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const body = parse(schema, input);
  if (!body.ok) throw new Refusal("fields_invalid", "Correct the fields named in errors", { errors: body.faults });
  return body.value;
}

/** For a typed client: `hc<Routes>(url)`. */
export type Routes = ReturnType<typeof createApp>;
