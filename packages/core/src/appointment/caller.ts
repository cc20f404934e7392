import type { CountryCode } from "../country/country.ts";

/** Who calls the API, as the token says. It decides whose appointments the caller reaches. */
export type Caller =
  /** Reaches one person: itself. `id` is the token's subject. */
  | { kind: "patient"; id: string; insuredId: string }
  /** Reaches everybody, in these countries only. `id` is the client's id. */
  | { kind: "partner"; id: string; countries: readonly CountryCode[] }
  /** Reaches everything. */
  | { kind: "operator"; id: string };

/** Who asked for what a line of a history says. */
export interface Actor {
  kind: Caller["kind"];
  /** A partner's OAuth client id, which is no secret (RFC 6749, 2.2). No person's id is kept. */
  clientId?: string;
}

/** What a history keeps of a caller. */
export const actorOf = ({ kind, id }: Caller): Actor => ({ kind, ...(kind === "partner" && { clientId: id }) });
