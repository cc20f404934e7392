/** The value of JSON text, or `undefined` for what is none: whoever reads it has a schema that says the rest. */
export function readJson(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
