import { type Appointment, appointmentRequest } from "@appointments/core/appointment/appointment";
import * as store from "@appointments/core/appointment/appointment.store";
import type { Table } from "@appointments/core/appointment/table";
import { AppError } from "@appointments/core/error";
import { id } from "@appointments/core/id";
import { log } from "@appointments/core/log";
import { parse } from "@appointments/core/parse";
import { traceparentOf } from "@appointments/core/trace";
import { Hono } from "hono";
import * as v from "valibot";
import { answering, type Variables } from "./answering.ts";
import { readJson } from "./body.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { readIdempotencyKey, readInsuredId, readLimit } from "./parameters.ts";
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
      const body = parse(appointmentRequest, await readJson(c.req));
      if (!body.ok) throw new Refusal("fields_invalid", "Correct the fields named in errors", { errors: body.faults });
      const appointment = await store.request(table, body.value, { idempotencyKey });
      await ask(appointment, traceparentOf(c.req.header("traceparent")));
      const { insuredId, appointmentId } = appointment;
      return c.json(appointment, 202, { location: `/appointments/${insuredId}/${appointmentId}` });
    })
    .get("/appointments/:insuredId", async (c) => {
      const insuredId = readInsuredId(c.req.param("insuredId"));
      const limit = readLimit(c.req.query("limit"));
      const cursor = c.req.query("cursor");
      const after = cursor === undefined ? undefined : fromCursor(insuredId, cursor);
      const { items, more } = await store.list(table, insuredId, { limit, after });
      const last = items.at(-1);
      return c.json({ items, ...(more && last && { nextCursor: toCursor(insuredId, last.appointmentId) }) });
    })
    .get("/appointments/:insuredId/:appointmentId", async (c) => {
      const insuredId = readInsuredId(c.req.param("insuredId"));
      const appointmentId = c.req.param("appointmentId");
      const appointment = v.is(id, appointmentId) && (await store.get(table, { insuredId, appointmentId }));
      if (!appointment) throw new AppError("appointment_not_found", "The insured has no appointment of this id");
      return c.json(appointment);
    });

  /** A country may have been asked before; asking again is harmless, not asking is not. */
  async function ask(appointment: Appointment, traceparent: string): Promise<void> {
    const { appointmentId, countryISO, status } = appointment;
    if (status !== "pending") return;
    try {
      await publishRequested(appointment, traceparent);
      log.info("appointment.requested", { appointmentId, countryISO, traceparent });
    } catch (error) {
      // The appointment is saved, so the answer is 202: the reconciler finds it and publishes it.
      log.warn("appointment.publish_failed", { appointmentId, countryISO, traceparent, error });
    }
  }
}

/** For a typed client: `hc<Routes>(url)`. */
export type Routes = ReturnType<typeof createApp>;
