import { expect, test } from "vitest";
import type { TestSystem } from "../integration/system.ts";
import { type Example, examples, operations } from "./document.ts";
import { stageOf } from "./stage.ts";

/** What differs from run to run. */
const volatile = new Set([
  "appointmentId",
  "at",
  "by",
  "createdAt",
  "eventId",
  "heldBy",
  "nextCursor",
  "requestId",
  "updatedAt",
]);
/** What differs where the example's appointment is another one. */
const ofAppointment = new Set(["insuredId", "scheduleId"]);

/** The answer without what differs; members and lists stay as they are. */
function lasting(value: unknown, without: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => lasting(each, without));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted()
      .map(([name, each]) => [name, without.has(name) ? "…" : lasting(each, without)]),
  );
}

/** Sends each example of the document to a running system, and compares the answer with the document's. */
export function examplesRun(systemOf: () => TestSystem): void {
  let stage: ReturnType<typeof stageOf> | undefined;
  const arrangementOf = (name: string) => {
    stage ??= stageOf(systemOf());
    return stage(name);
  };
  async function send({ operation, parameters, body }: Example) {
    let path = operation.path;
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    for (const { name, in: place } of operation.parameters ?? []) {
      const value = parameters[name];
      if (value === undefined) continue;
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      if (place === "query") query.set(name, String(value));
      if (place === "header") headers[name] = String(value);
    }
    return systemOf().call(`${path}${query.size > 0 ? `?${query}` : ""}`, {
      method: operation.method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      // A text is no JSON yet, or not at all.
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  test.each(examples.map((example) => [`${example.operation.operationId}.${example.name}`, example] as const))(
    "%s: is answered as the document says",
    async (name, example) => {
      const wantsOne = ["insuredId", "appointmentId"].some(
        (parameter) => parameter in example.parameters && (!example.own.includes(parameter) || example.status < 400),
      );
      const arranged = wantsOne && name !== "listAppointments.none" ? await arrangementOf(name)() : {};
      const known = Object.entries(arranged).filter(
        ([parameter]) => parameter in example.parameters && (example.status < 400 || !example.own.includes(parameter)),
      );
      const response = await send({ ...example, parameters: { ...example.parameters, ...Object.fromEntries(known) } });
      const text = await response.text();
      expect(response.status, text).toBe(example.status);
      expect(response.headers.get("content-type")).toBe(example.contentType);
      const without = new Set([...volatile, ...(known.length > 0 ? ofAppointment : [])]);
      expect(lasting(JSON.parse(text), without)).toEqual(lasting(example.answer, without));
    },
  );

  test("every operation has an example of what it answers, but for the documents", () => {
    const shown = new Set(examples.filter(({ status }) => status < 400).map(({ operation }) => operation.operationId));
    const all = operations.map(({ operationId }) => operationId);
    expect(all.filter((id) => !shown.has(id))).toEqual(["getDocument", "readDocs"]);
  });

  test("without a token every operation that needs one is refused by API Gateway, in the document's words", async () => {
    const guarded = operations.filter((operation) => operation["x-scope"] !== undefined);
    expect(guarded.length).toBeGreaterThan(0);
    for (const { method, path, responses } of guarded) {
      const response = await fetch(systemOf().url + path.replaceAll(/\{\w+\}/g, "00042"), { method });
      expect(response.status).toBe(401);
      const documented = responses["401"]?.content?.["application/json"];
      expect(await response.json()).toEqual((documented as { example: unknown }).example);
    }
  });
}
