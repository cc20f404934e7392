import { countryISO } from "@appointments/core/appointment/appointment";
import type { ListFilter } from "@appointments/core/appointment/list";
import { countryCodes } from "@appointments/core/country/country";
import type { HonoRequest } from "hono";
import * as v from "valibot";
import { status } from "./appointment.ts";
import type { FieldDetail } from "./problem/field.ts";
import { type FieldError, Refusal } from "./problem.ts";
import { longestWait } from "./wait.ts";

/* What a request says in its query. */

const mustBeInstant = "must be an instant as in 2026-11-24T03:00:00Z" satisfies FieldDetail;

/** RFC 3339, 5.6, in upper case and with at most nine digits of a second, as milliseconds since 1970 UTC. */
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/),
  v.check(isOfCalendar),
  v.transform((text) => Date.parse(text)),
  // What an offset brings out of the years 0000 to 9999 has no such text.
  v.check((milliseconds) => !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().length === 24),
);

/** Whether there is such a day: a Date takes 30 February for 2 March. */
function isOfCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

const whole = (least: number, most: number) =>
  v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,2}$/), v.transform(Number), v.minValue(least), v.maxValue(most));

/** Each parameter with what is said when it is wrong. */
const parameters = {
  limit: { schema: whole(1, 100), detail: "must be an integer from 1 to 100" },
  wait: { schema: whole(1, longestWait), detail: `must be an integer from 1 to ${longestWait}` },
  status: { schema: v.picklist(status.theirs), detail: `must be one of ${status.theirs.join(", ")}` },
  countryISO: { schema: countryISO, detail: `must be one of ${countryCodes.join(", ")}` },
  from: { schema: instant, detail: mustBeInstant },
  to: { schema: instant, detail: mustBeInstant },
} as const satisfies Record<string, { schema: v.GenericSchema<string, unknown>; detail: FieldDetail }>;
type Parameter = keyof typeof parameters;
type Values = { [Name in Parameter]?: v.InferOutput<(typeof parameters)[Name]["schema"]> };

/** Some parameters of a query. Throws `parameters_invalid`, naming each at fault. */
function read<Name extends Parameter>(request: HonoRequest, ...names: Name[]): Pick<Values, Name> {
  const errors: FieldError[] = [];
  const values: Partial<Record<Parameter, unknown>> = {};
  for (const name of names) {
    const text = request.query(name);
    if (text === undefined) continue;
    const { schema, detail } = parameters[name];
    const result = v.safeParse(schema, text);
    if (result.success) values[name] = result.output;
    else errors.push({ parameter: name, detail, code: "invalid" });
  }
  if (errors.length > 0) throw new Refusal("parameters_invalid", { errors });
  return values as Pick<Values, Name>; // each came from the schema of its name
}

/** The parameters that say which appointments of an insured are meant. */
export const filters = ["status", "countryISO", "from", "to"] as const;

/** Which appointments a list is asked for, and how many in a page: 20 unless told. Throws `parameters_invalid`. */
export function readList(request: HonoRequest): { limit: number; filter: ListFilter } {
  const { limit = 20, status: wanted, countryISO, from, to } = read(request, "limit", ...filters);
  if (from !== undefined && to !== undefined && to <= from) {
    throw new Refusal("parameters_invalid", {
      errors: [{ parameter: "to", detail: "must be later than from", code: "invalid" }],
    });
  }
  const filter = { status: wanted && status.from(wanted), countries: countryISO && [countryISO], from, to };
  return { limit, filter };
}

/** Seconds that a read waits for the end of what is under way; none unless told. Throws `parameters_invalid`. */
export const readWait = (request: HonoRequest): number => read(request, "wait").wait ?? 0;
