import { scopes } from "../api/operation.ts";

/** What the app is given beside a request: the claims that API Gateway's authorizer passed on, all of them text. */
export const claiming = (claims: Record<string, string>) => ({
  requestContext: { authorizer: { jwt: { claims, scopes: null } } },
});

const both = `${scopes.read} ${scopes.write}`;

/** Claims of each kind of caller, as an access token has them that may read and write. */
export const claimsOf = {
  admin: { scope: scopes.admin, sub: "an-admin", token_use: "access" },
  patient: (insuredId: string) => ({ scope: both, sub: `subject-of-${insuredId}`, client_id: "patients", insuredId }),
  partner: (countries: string, client_id = "a-partner") => ({ scope: both, sub: client_id, client_id, countries }),
};

/** Reaches everything: who calls where a test is about something else. */
export const asAdmin = claiming(claimsOf.admin);
