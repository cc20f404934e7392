import { appointmentNotFound } from "@appointments/core/appointment/access";
import { alter } from "@appointments/core/appointment/alter";
import type { Wanted } from "@appointments/core/appointment/appointment";
import { list } from "@appointments/core/appointment/list";
import * as read from "@appointments/core/appointment/read";
import { type Answered, request } from "@appointments/core/appointment/request";
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
import { cursorsOf } from "./cursor.ts";
import { type CallerLimit, limited } from "./limit.ts";
import { Refusal } from "./problem.ts";
import { filters, readList, readWait } from "./query.ts";
import {
  etagOf,
  readIdempotencyKey,
  readIfMatch,
  readIfNoneMatch,
  readInsuredId,
  readJson,
  readKey,
  readOptionalJson,
  takes,
} from "./request.ts";
import { type Called, guarded, open } from "./route.ts";
import { untilSettled, type Waiting } from "./wait.ts";

export interface AppOptions {
  table: Table;
  topic: Topic;
  /** With which cursors are sealed: 32 random characters or more. */
  cursorSecret: string;
  /** What each caller may ask of this execution environment. */
  callerLimit: CallerLimit;
  /** The clock of waiting reads. */
  waiting?: Omit<Waiting, "remaining">;
}

/** The HTTP API over the table of appointments and the topic of the countries. */
export function createApp({ table, topic, cursorSecret, callerLimit, waiting }: AppOptions) {
  const app = new Hono<Env>();
  answering(app);
  const cursors = cursorsOf(cursorSecret);
  const limit = limited(callerLimit);
  return app
    .get(...open("getHealth"), takes(), (c) => c.json({ status: "ok" as const }))
    .post(...guarded("bookAppointment"), limit, takes(), async (c) => {
      const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
      const wanted = requestFrom(fields(requestBody, await readJson(c.req)));
      const traceparent = traceparentOf(c.req.header("traceparent"));
      return accepted(c, await request({ table, topic }, c.get("caller"), wanted, { idempotencyKey, traceparent }));
    })
    .post(...guarded("cancelAppointment"), limit, takes(), async (c) => {
      const body = await readOptionalJson(c.req);
      return accepted(c, await change(c, cancelFrom(fields(cancelBody, body === undefined ? {} : body))));
    })
    .post(...guarded("rescheduleAppointment"), limit, takes(), async (c) => {
      return accepted(c, await change(c, rescheduleFrom(fields(rescheduleBody, await readJson(c.req)))));
    })
    .get(...guarded("listAppointments"), limit, takes("limit", "cursor", ...filters), async (c) => {
      const insuredId = readInsuredId(c.req.param("insuredId"));
      const caller = c.get("caller");
      const { limit, filter } = readList(c.req);
      const cursor = c.req.query("cursor");
      const after = cursor === undefined ? undefined : cursors.open({ caller, insuredId, filter }, cursor);
      const { items, next } = await list(table, caller, insuredId, { limit, after, filter });
      const nextCursor = next === undefined ? undefined : cursors.seal({ caller, insuredId, filter }, next);
      return c.json({ items: items.map(answerOf), ...(nextCursor !== undefined && { nextCursor }) });
    })
    .get(...guarded("getAppointment"), limit, takes("wait"), async (c) => {
      const isKnown = readIfNoneMatch(c.req.header("if-none-match"));
      const seconds = readWait(c.req);
      const key = keyIn(c);
      const now = () => read.get(table, c.get("caller"), key);
      const appointment = await untilSettled(now, seconds, { ...waiting, remaining: c.env?.remaining });
      if (!appointment) throw appointmentNotFound();
      const etag = etagOf(appointment);
      return isKnown(appointment.version) ? c.body(null, 304, { etag }) : c.json(answerOf(appointment), 200, { etag });
    })
    .get(...guarded("getAppointmentHistory"), limit, takes(), async (c) => {
      const items = await read.history(table, c.get("caller"), keyIn(c));
      if (!items) throw appointmentNotFound();
      return c.json({ items: items.map(transitionAnswer) });
    });

  function change(c: OneContext, wanted: Wanted): Promise<Answered> {
    const idempotencyKey = readIdempotencyKey(c.req.header("idempotency-key"));
    const matches = readIfMatch(c.req.header("if-match"));
    const traceparent = traceparentOf(c.req.header("traceparent"));
    return alter({ table, topic }, c.get("caller"), keyIn(c), wanted, { matches, idempotencyKey, traceparent });
  }

  /** What is saved will be decided: 202, whether or not it could be published now. */
  function accepted<C extends Context>(c: C, { appointment, replayed }: Answered) {
    const { insuredId, appointmentId } = appointment;
    return c.json(answerOf(appointment), 202, {
      location: `/appointments/${insuredId}/${appointmentId}`,
      etag: etagOf(appointment),
      // By then most are decided; who reads with ?wait need not pause at all.
      "retry-after": "1",
      ...(replayed && { "idempotency-replayed": "true" }),
    });
  }
}

/** A request about one appointment. */
type OneContext = Context<Called, "/:insuredId/:appointmentId">;

const keyIn = (c: OneContext) => readKey(c.req.param("insuredId"), c.req.param("appointmentId"));

/** The fields of a body. Throws `fields_invalid`, naming each at fault. */
function fields<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const body = parse(schema, input);
  if (!body.ok) throw new Refusal("fields_invalid", { errors: body.faults });
  return body.value;
}

/** For a typed client: `hc<Routes>(url)`. */
export type Routes = ReturnType<typeof createApp>;
