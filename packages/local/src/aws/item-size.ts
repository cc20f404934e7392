/** A value as DynamoDB's JSON has it: one type and what it holds, e.g. `{ S: "text" }`. */
export type AttributeValue = Record<string, unknown>;
export type Item = Record<string, AttributeValue>;

/**
 * Size of an item in bytes, by which DynamoDB limits it and counts capacity units: names and text in UTF-8.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  const [type, held] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "S":
      return Buffer.byteLength(String(held));
    case "B":
      return Buffer.from(String(held), "base64").length;
    case "N":
      return numberBytes(String(held));
    case "SS":
    case "NS":
    case "BS":
      return list(held).reduce<number>((sum, one) => sum + valueBytes({ [type.slice(0, 1)]: one }), 0);
    case "L":
      return list(held).reduce<number>((sum, one) => sum + 1 + valueBytes(one as AttributeValue), 3);
    case "M":
      return 3 + Object.keys(held as Item).length + itemBytes(held as Item);
    default:
      // BOOL and NULL.
      return 1;
  }
}

/** One byte for two significant digits, and one more; zeros at both ends do not count. */
function numberBytes(text: string): number {
  const [mantissa = ""] = text.toLowerCase().split("e");
  const digits = mantissa.replace(/[-+.]/g, "").replace(/^0+|0+$/g, "").length;
  return digits === 0 ? 1 : Math.ceil(digits / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
