import fc from "fast-check";
import type { Operation, Parameter } from "../document.ts";
import { breakages } from "./breakage.ts";
import type { WalkRequest } from "./send.ts";
import { drawn, momentBetween, person } from "./value.ts";

/** Appointments that exist, so that requests find some. */
export type KnownIds = readonly { insuredId: string; appointmentId: string }[];

/** Requests that the document allows, for one operation. */
export function goodRequest(operation: Operation, token: string, known: KnownIds): fc.Arbitrary<WalkRequest> {
  const { operationId, method, path, requestBody } = operation;
  return partsOf(operation).map(({ sent, pick, content, bare }) => {
    // One time in four it is about nothing that there is.
    const existing = pick % 4 === 0 ? undefined : known[pick % Math.max(1, known.length)];
    const headers: WalkRequest["headers"] = operation["x-scope"] ? [["authorization", `Bearer ${token}`]] : [];
    const query = new URLSearchParams();
    let target = path;
    for (const [{ name, in: place }, random] of sent) {
      const value = existing && name in existing ? existing[name as keyof typeof existing] : random; // just asked
      if (value === undefined) continue;
      if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(String(value)));
      if (place === "query") query.set(name, String(value));
      if (place === "header") headers.push([name, String(value)]);
    }
    const request = { operationId, method, path: target, query: String(query), headers };
    if (content === undefined || (bare && !requestBody?.required)) return request;
    headers.push(["content-type", "application/json"]);
    return { ...request, body: Buffer.from(JSON.stringify(content)) };
  });
}

interface Parts {
  sent: [Parameter, unknown][];
  /** Chooses an appointment that exists. */
  pick: number;
  content: unknown;
  /** Leaves out a body that may be left out. */
  bare: boolean;
}

const made = new Map<string, fc.Arbitrary<Parts>>();

/** What requests for an operation are made of; made once, because patterns are long to read. */
function partsOf({ operationId, parameters = [], requestBody }: Operation): fc.Arbitrary<Parts> {
  const known = made.get(operationId);
  if (known) return known;
  const values = parameters.map((parameter) => fc.tuple(fc.constant(parameter), given(parameter)));
  const schema = requestBody?.content["application/json"].schema;
  const parts = fc.record({
    sent: fc.tuple(...values),
    pick: fc.nat({ max: 10_000 }),
    content: schema === undefined ? fc.constant(undefined) : drawn(schema),
    bare: fc.boolean(),
  });
  made.set(operationId, parts);
  return parts;
}

const dates: Record<string, fc.Arbitrary<string>> = {
  from: momentBetween("2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
  to: momentBetween("2027-01-02T00:00:00Z", "2040-01-01T00:00:00Z"),
};

/** What a parameter says; nothing for one that may be left out, half of the time. */
function given({ required, schema, name }: Parameter): fc.Arbitrary<unknown> {
  // Only an answer says what a cursor is.
  if (name === "cursor") return fc.constant(undefined);
  if (name === "insuredId") return person;
  if (required) return drawn(schema);
  // A schema cannot say that the one is before the other; the document does in words.
  const date = dates[name];
  if (date) return fc.option(date, { nil: undefined });
  // Else conditions would hardly ever hold.
  if (name.startsWith("If-")) return fc.oneof(fc.constantFrom(undefined, "*", '"1"', '"2"', 'W/"2"'), drawn(schema));
  return fc.option(drawn(schema), { nil: undefined });
}

/** A request that is broken in one way: whatever else is right with it, it must be refused. */
export function brokenRequest(operation: Operation, token: string, known: KnownIds): fc.Arbitrary<WalkRequest> {
  const ways = Object.entries(breakages).filter(([, { applies }]) => applies(operation));
  return goodRequest(operation, token, known).chain((good) =>
    fc
      .constantFrom(...ways)
      .chain(([name, { change }]) => change(good).map((request) => ({ ...request, broken: name }))),
  );
}
