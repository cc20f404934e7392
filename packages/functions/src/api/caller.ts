import { insuredId } from "@appointments/core/appointment/appointment";
import type { Caller } from "@appointments/core/appointment/caller";
import { isCountryCode } from "@appointments/core/country/country";
import * as v from "valibot";
import { type Scope, scopes } from "./operation.ts";
import { Refusal } from "./problem.ts";

/** An id of an issuer, bounded because it is stored in the history. */
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));

/** Words between spaces. API Gateway makes text of every claim: of the list `["PE","CL"]` it makes `[PE CL]`. */
const list = v.pipe(
  v.string(),
  v.transform((all) =>
    all
      .replace(/^\[(.*)\]$/, "$1")
      .split(" ")
      .filter(Boolean),
  ),
);

/** What is read of a token. Every issuer adds claims of its own. */
const claims = v.object({
  // Some issuers say scp; the authorizer takes either.
  scope: v.exactOptional(list),
  scp: v.exactOptional(list),
  // Cognito's word for what a token is for. An ID token proves who somebody is, and allows nothing.
  token_use: v.exactOptional(v.literal("access")),
  insuredId: v.exactOptional(insuredId),
  countries: v.exactOptional(list),
  client_id: v.exactOptional(text),
  azp: v.exactOptional(text),
  sub: v.exactOptional(text),
});
type Claims = v.InferOutput<typeof claims>;

const context = v.object({ authorizer: v.object({ jwt: v.object({ claims: v.record(v.string(), v.unknown()) }) }) });

/**
 * Who calls, as the claims say that API Gateway's authorizer passed on once it had verified the token. Nothing else of a
 * request is asked.
 *
 * Throws `unauthorized` without such claims, and for those of no access token or of nobody; `insufficient_scope` when the
 * token allows neither this scope nor all (RFC 6750, 3.1).
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function callerOf(requestContext: unknown, scope: Scope): Caller {
  const passedOn = v.safeParse(context, requestContext);
  if (!passedOn.success) {
    throw new Refusal("unauthorized", { headers: { "www-authenticate": 'Bearer realm="appointments"' } });
  }
  const token = v.safeParse(claims, passedOn.output.authorizer.jwt.claims);
  const caller = token.success ? named(token.output) : undefined;
  if (!token.success || !caller) {
    throw new Refusal("unauthorized", {
      detail: "nobody",
      headers: { "www-authenticate": 'Bearer realm="appointments", error="invalid_token"' },
    });
  }
  if (!allows(token.output, scope) && !allows(token.output, scopes.admin)) {
    throw new Refusal("insufficient_scope", {
      values: { scope },
      headers: { "www-authenticate": `Bearer realm="appointments", error="insufficient_scope", scope="${scope}"` },
    });
  }
  return caller;
}

const allows = ({ scp, scope = [] }: Claims, asked: Scope): boolean => (scp ?? scope).includes(asked);

/** Whom the claims name: the first of operator, patient and partner; nobody where they name none with an id. */
function named(token: Claims): Caller | undefined {
  const client = token.client_id ?? token.azp;
  const id = token.sub ?? client;
  if (allows(token, scopes.admin)) return id === undefined ? undefined : { kind: "operator", id };
  if (token.insuredId !== undefined) {
    return id === undefined ? undefined : { kind: "patient", id, insuredId: token.insuredId };
  }
  // A country of the partner that is not served here is nobody's; one that is, is enough.
  const countries = (token.countries ?? []).filter(isCountryCode);
  return client === undefined || countries.length === 0 ? undefined : { kind: "partner", id: client, countries };
}
