import type { PreTokenGenerationV2TriggerEvent, PreTokenGenerationV3TriggerEvent } from "aws-lambda";
import { scopes } from "../api/operation.ts";
import { meaningOf } from "./scope.ts";

/** Cognito sends version 3 for a client that asks for itself, and the same shape for a person. */
export type TokenEvent = PreTokenGenerationV2TriggerEvent | PreTokenGenerationV3TriggerEvent;
type Override = TokenEvent["response"]["claimsAndScopeOverrideDetails"];

/** The attribute of a person in the user pool. Only who may administrate the pool writes it. */
export const insuredAttribute = "custom:insuredId";

/**
 * What goes into an access token beyond Cognito's own claims: the scopes as the API names them, and whom the token reaches.
 *
 * A client that asks for itself gets the countries that are among its scopes, as `countries`, separated by spaces. A person
 * gets `insuredId`, and never the scope of an operator, whatever a client was given by mistake.
 *
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function claimsOf({ triggerSource, request }: TokenEvent): Override {
  const granted = meaningOf(request.scopes ?? []);
  if (triggerSource === "TokenGeneration_ClientCredentials") {
    const { countries } = granted;
    return access(granted.scopes, countries.length > 0 ? { countries: countries.join(" ") } : {});
  }
  const insuredId = request.userAttributes?.[insuredAttribute];
  return access(
    granted.scopes.filter((scope) => scope !== scopes.admin),
    insuredId === undefined ? {} : { insuredId },
  );
}

function access(scopesToAdd: string[], claimsToAddOrOverride: Record<string, string>): Override {
  return { accessTokenGeneration: { scopesToAdd, claimsToAddOrOverride } };
}
