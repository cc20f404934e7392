import type { Graph } from "@appointments/graph/graph";
import { issuerPath } from "../issuer/documents.ts";
import { type SigningKey, signingKey } from "../issuer/key.ts";
import { readyTokens } from "../issuer/token.ts";
import type { Addresses } from "./address.ts";
import type { SystemOptions } from "./run.ts";

/** Whose tokens the APIs of a run take, and those that are ready. */
export interface RunIssuer {
  /** `iss` of the tokens: of the local issuer, or of the one that sst.config.ts was given; none when no API asks for a token. */
  url?: string;
  /** By kind; none from an issuer that is not ours. */
  tokens: Record<string, string>;
}

/** Ids of the user pools' clients, by name. */
export function clientsOf({ userPools }: Graph): Record<string, string> {
  return Object.fromEntries(userPools.flatMap(({ clients }) => clients.map(({ name, id }) => [name, id])));
}

/**
 * The local issuer stands for the app's user pools, as the local MySQL does for its instances; without a pool there is none.
 *
 * @returns its key
 */
export async function issuerKey(graph: Graph, dataDir: string): Promise<SigningKey | undefined> {
  return graph.userPools.length > 0 ? signingKey(dataDir) : undefined;
}

/** Where tokens of the user pools come from on this machine: for `localise`. */
export function issuerAddresses({ userPools }: Graph, gatewayUrl: string): Addresses {
  return new Map(userPools.map(({ issuer }) => [issuer, gatewayUrl + issuerPath]));
}

/** @param key the local issuer's, if there is one */
export async function runIssuer(
  graph: Graph,
  { config }: SystemOptions,
  key: SigningKey | undefined,
  gatewayUrl: string,
): Promise<RunIssuer> {
  if (key) {
    const url = gatewayUrl + issuerPath;
    return { url, tokens: await readyTokens(key, url, config?.tokens ?? {}, clientsOf(graph)) };
  }
  const [given] = graph.apis.flatMap(({ routes }) =>
    routes.flatMap(({ authorizer }) => (authorizer?.type === "JWT" ? authorizer.issuer : [])),
  );
  return { ...(given !== undefined && { url: given }), tokens: {} };
}
