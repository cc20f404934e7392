import type { Language } from "./table.ts";

/** What may be wrong with a field or a parameter: the English details, of ours and of the domain's schemas, in Spanish. */
export const spanish = {
  "is missing": "falta",
  "is not a nextCursor of this list": "no es un nextCursor de esta lista",
  "is not known": "no se conoce",
  "must be a positive integer": "debe ser un entero positivo",
  "must be a positive integer of at most 9007199254740991":
    "debe ser un entero positivo de 9007199254740991 como máximo",
  "must be a string of exactly five digits": "debe ser un texto de exactamente cinco dígitos",
  "must be an instant as in 2026-11-24T03:00:00Z": "debe ser un instante como 2026-11-24T03:00:00Z",
  "must be an integer from 1 to 20": "debe ser un entero de 1 a 20",
  "must be an integer from 1 to 100": "debe ser un entero de 1 a 100",
  "must be an object": "debe ser un objeto",
  "must be exactly five digits": "debe tener exactamente cinco dígitos",
  "must be later than from": "debe ser posterior a from",
  "must come once": "debe venir una sola vez",
} as const;
export type FieldDetail = keyof typeof spanish | `must be one of ${string}`;

const isKnown = (detail: string): detail is keyof typeof spanish => Object.hasOwn(spanish, detail);

/** A detail of a field in a language. Codes in it stay as they are. */
export function fieldDetail(detail: string, language: Language): string {
  if (language === "en") return detail;
  return isKnown(detail) ? spanish[detail] : detail.replace(/^must be one of /, "debe ser uno de ");
}
