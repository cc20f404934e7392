import { claimsOf, type TokenEvent } from "./token/claims.ts";

/** Called by the stage's user pool before it makes a token: puts into access tokens what the API looks at. */
export async function handler(event: TokenEvent): Promise<TokenEvent> {
  return { ...event, response: { claimsAndScopeOverrideDetails: claimsOf(event) } } as TokenEvent; // the same event, answered
}
