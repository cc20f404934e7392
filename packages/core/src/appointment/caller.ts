import type { CountryCode } from "../country/country.ts";

/** Who calls the API, as the token says. It decides whose appointments the caller reaches. */
export type Caller =
  /** Reaches one person: itself. `id` is the token's subject. */
  | { kind: "patient"; id: string; insuredId: string }
  /** Reaches everybody, in these countries only. `id` is the client's id. */
  | { kind: "partner"; id: string; countries: readonly CountryCode[] }
  /** Reaches everything. */
  | { kind: "operator"; id: string };
