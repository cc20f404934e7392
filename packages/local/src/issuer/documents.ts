import type { JWK } from "jose";

/** Below the gateway's address: what a start's local issuer is called. */
export const issuerPath = "/_local/issuer";

/**
 * What an OpenID provider publishes, as far as an API looks at it: its configuration and its keys.
 *
 * @param path of a request, with {@link issuerPath} in front
 * @param gatewayUrl where the request arrived
 * @returns nothing for another path
 *
 * Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function issuerDocument(path: string, gatewayUrl: string, keys: JWK[]): unknown {
  const issuer = gatewayUrl + issuerPath;
  switch (path) {
    case `${issuerPath}/.well-known/openid-configuration`:
      return {
        issuer,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ["RS256"],
        // It signs nobody in: tokens come from system.json and from the command line.
        response_types_supported: [],
        subject_types_supported: ["public"],
      };
    case `${issuerPath}/keys`:
      return { keys };
    default:
      return undefined;
  }
}
