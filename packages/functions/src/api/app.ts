import { alter } from "@appointments/core/appointment/alter";
import {
  type Appointment,
  appointmentRequest,
  cancelRequest,
  isOpen,
  rescheduleRequest,
  type Wanted,
} from "@appointments/core/appointment/appointment";
import * as read from "@appointments/core/appointment/read";
import { request } from "@appointments/core/appointment/request";
import type { Table } from "@appointments/core/appointment/table";
import { AppError } from "@appointments/core/error";
import { id } from "@appointments/core/id";
import { log } from "@appointments/core/log";
import { parse } from "@appointments/core/parse";
import { traceparentOf } from "@appointments/core/trace";
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { answering, type Variables } from "./answering.ts";
import { readJson, readOptionalJson } from "./body.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { readIdempotencyKey, readInsuredId, readLimit } from "./parameters.ts";
import { etagOf, readIfMatch } from "./precondition.ts";
import { Refusal } from "./problem.ts";

/** What the API needs from outside: where appointments are, and how a country is asked to decide. */
export interface Dependencies {
  table: Table;
  publishRequested: (appointment: Appointment, traceparent: string) => Promise<void>;
}

/** The HTTP API over its dependencies. */
export function createApp({ table, publishRequested }: Dependencies) {
  const app = new Hono<{ Variables: Variables }>();
  answering(app);
  return app
    .get("/health", (c) => c.json({ status: "ok" as const }))
    .post("/appointments", async (c) => {
      const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
      const wanted = fields(appointmentRequest, await readJson(c.req));
      return accepted(c, await request(table, wanted, { idempotencyKey }));
    })
    .post("/appointments/:insuredId/:appointmentId/cancel", async (c) => {
      const body = await readOptionalJson(c.req);
      const wanted = fields(cancelRequest, body === undefined ? {} : body);
      return accepted(c, await change(c, { kind: "cancel", ...wanted }));
    })
    .post("/appointments/:insuredId/:appointmentId/reschedule", async (c) => {
      const wanted = fields(rescheduleRequest, await readJson(c.req));
      return accepted(c, await change(c, { kind: "reschedule", ...wanted }));
    })
    .get("/appointments/:insuredId", async (c) => {
      const insuredId = readInsuredId(c.req.param("insuredId"));
      const limit = readLimit(c.req.query("limit"));
      const cursor = c.req.query("cursor");
      const after = cursor === undefined ? undefined : fromCursor(insuredId, cursor);
      const { items, more } = await read.list(table, insuredId, { limit, after });
      const last = items.at(-1);
      return c.json({ items, ...(more && last && { nextCursor: toCursor(insuredId, last.appointmentId) }) });
    })
    .get("/appointments/:insuredId/:appointmentId", async (c) => {
      const appointment = await read.get(table, readKey(c.req.param("insuredId"), c.req.param("appointmentId")));
      if (!appointment) throw notFound();
      return c.json(appointment, 200, { etag: etagOf(appointment) });
    })
    .get("/appointments/:insuredId/:appointmentId/history", async (c) => {
      const items = await read.history(table, readKey(c.req.param("insuredId"), c.req.param("appointmentId")));
      if (!items) throw notFound();
      return c.json({ items });
    });

  function change(c: ChangeContext, wanted: Wanted): Promise<Appointment> {
    const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
    const matches = readIfMatch(c.req.header("if-match"));
    return alter(table, readKey(c.req.param("insuredId"), c.req.param("appointmentId")), wanted, {
      matches,
      idempotencyKey,
    });
  }

  /** What is saved will be: 202, whatever becomes of the publishing. */
  async function accepted<C extends Context>(c: C, appointment: Appointment) {
    await ask(appointment, traceparentOf(c.req.header("traceparent")));
    const { insuredId, appointmentId } = appointment;
    const location = `/appointments/${insuredId}/${appointmentId}`;
    return c.json(appointment, 202, { location, etag: etagOf(appointment) });
  }

  /** A country may have been asked before; asking again is harmless, not asking is not. */
  async function ask(appointment: Appointment, traceparent: string): Promise<void> {
    const { appointmentId, countryISO } = appointment;
    if (!isOpen(appointment)) return;
    try {
      await publishRequested(appointment, traceparent);
      log.info("appointment.requested", { appointmentId, countryISO, traceparent });
    } catch (error) {
      // The appointment is saved, so the answer is 202: the reconciler finds it and publishes it.
      log.warn("appointment.publish_failed", { appointmentId, countryISO, traceparent, error });
    }
  }
}

type ChangeContext = Context<{ Variables: Variables }, "/appointments/:insuredId/:appointmentId/:verb">;

/** The fields of a body. Throws `fields_invalid`, naming each at fault. */
function fields<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const body = parse(schema, input);
  if (!body.ok) throw new Refusal("fields_invalid", "Correct the fields named in errors", { errors: body.faults });
  return body.value;
}

/** The appointment that a path names. Throws `parameters_invalid`; `appointment_not_found` for what can be no id. */
function readKey(insuredId: string, appointmentId: string) {
  const key = { insuredId: readInsuredId(insuredId), appointmentId };
  if (!v.is(id, appointmentId)) throw notFound();
  return key;
}

const notFound = () => new AppError("appointment_not_found", "The insured has no appointment of this id");

/** For a typed client: `hc<Routes>(url)`. */
export type Routes = ReturnType<typeof createApp>;
