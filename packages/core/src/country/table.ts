import { cl } from "./cl/schema.ts";
import type { CountryCode } from "./country.ts";
import { pe } from "./pe/schema.ts";

/** The SQL table of each country's appointments. Each has the shared columns; a country can have its own beside them. */
export const countryTables = { PE: pe, CL: cl } as const satisfies Record<CountryCode, unknown>;

export type CountryTable = (typeof countryTables)[CountryCode];
export type Row = CountryTable["$inferSelect"];
