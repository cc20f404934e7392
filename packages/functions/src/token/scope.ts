import { type CountryCode, isCountryCode } from "@appointments/core/country/country";
import { type Scope, scopes } from "../api/operation.ts";

/** The API as the issuer of a stage knows it. Cognito writes a scope as `appointments/read`, and takes no colon in its name. */
export const resourceServer = "appointments";

/** A scope of the API, `appointments:read`, as Cognito writes it. */
export const issuedScope = (scope: Scope): string => `${resourceServer}/${scope.slice(scope.indexOf(":") + 1)}`;

const countryPrefix = `${resourceServer}/country.`;

/** The scope that gives a partner's client a country, as Cognito writes it. */
export const countryScope = (code: CountryCode): string => countryPrefix + code;

/** What the scopes of a token mean, as Cognito writes them; others mean nothing to the API. */
export function meaningOf(issued: readonly string[]): { scopes: Scope[]; countries: CountryCode[] } {
  return {
    scopes: Object.values(scopes).filter((scope) => issued.includes(issuedScope(scope))),
    countries: issued
      .filter((scope) => scope.startsWith(countryPrefix))
      .map((scope) => scope.slice(countryPrefix.length))
      .filter(isCountryCode),
  };
}
