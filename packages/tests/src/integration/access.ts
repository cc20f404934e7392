import type { SystemState } from "@appointments/local/system/state";

/** Where an API is, and the token that it is called with. */
export interface ApiAccess {
  url: string;
  token: string;
}

/** The API of a running system, for somebody who may do everything. */
export function operatorAccess({ apis, tokens }: Pick<SystemState, "apis" | "tokens">): ApiAccess {
  const { admin: token } = tokens;
  const [url] = Object.values(apis);
  if (token === undefined || url === undefined) throw new Error("The system has no API, or no token for it.");
  return { url, token };
}

/** Calls an API with its token; a header of `init` goes over it. */
export function call({ url, token }: ApiAccess, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
  return fetch(url + path, { signal: AbortSignal.timeout(20_000), ...init, headers });
}
