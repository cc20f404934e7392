import fc from "fast-check";
import type { Operation, Parameter } from "../document.ts";
import { breakages } from "./breakage.ts";
import type { WalkRequest } from "./send.ts";
import { drawn, person } from "./value.ts";

/** Appointments that exist, so that requests find some. */
export type KnownIds = readonly { insuredId: string; appointmentId: string }[];

/** Requests that the document allows, for one operation. */
export function goodRequest(operation: Operation, token: string, known: KnownIds): fc.Arbitrary<WalkRequest> {
  const { operationId, method, path, parameters = [], requestBody } = operation;
  const values = parameters.map((parameter) => fc.tuple(fc.constant(parameter), given(parameter)));
  const one = fc.option(known.length > 0 ? fc.constantFrom(...known) : fc.constant(undefined), {
    freq: 5,
    nil: undefined,
  });
  const schema = requestBody?.content["application/json"].schema;
  const body = schema === undefined ? fc.constant(undefined) : drawn(schema);
  const without = fc.boolean();
  return fc.tuple(fc.tuple(...values), one, body, without).map(([sent, existing, content, bare]) => {
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

/** What a parameter says; nothing for one that may be left out, half of the time. */
const given = ({ required, schema, name }: Parameter): fc.Arbitrary<unknown> => {
  const value = name === "insuredId" ? person : drawn(schema);
  return required ? value : fc.option(value, { nil: undefined });
};

/** A request that is broken in one way: whatever else is right with it, it must be refused. */
export function brokenRequest(operation: Operation, token: string, known: KnownIds): fc.Arbitrary<WalkRequest> {
  const ways = Object.entries(breakages).filter(([, { applies }]) => applies(operation));
  return goodRequest(operation, token, known).chain((good) =>
    fc
      .constantFrom(...ways)
      .chain(([name, { change }]) => change(good).map((request) => ({ ...request, broken: name }))),
  );
}
