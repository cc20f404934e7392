import type { Schema } from "../document/schema.ts";

/** As far as the schemas of the document nest. */
interface Nested extends Schema {
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/**
 * A schema that takes no member beside those it names. The document leaves answers open, for consumers; what the server
 * answers today has nothing that the document does not name.
 */
export function closed(schema: Schema): Schema {
  const { $ref, allOf, properties, items, ...rest } = schema as Nested;
  if ($ref !== undefined) return { $ref: `${$ref}.closed` };
  return {
    ...rest,
    // A part of a whole stays open: the whole is closed.
    ...(allOf !== undefined && { type: "object", allOf, unevaluatedProperties: false }),
    ...(properties !== undefined && {
      unevaluatedProperties: false,
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
    }),
    ...(items !== undefined && { items: closed(items) }),
  };
}
