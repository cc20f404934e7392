import { createHash } from "node:crypto";
import { countryCodes, isCountryCode } from "@appointments/core/country/country";
import { scopes } from "@appointments/functions/api/operation";
import { claimsOf, insuredAttribute, type TokenEvent } from "@appointments/functions/token/claims";
import { countryScope, issuedScope } from "@appointments/functions/token/scope";
import type { TokenKind } from "@appointments/local/config";

/** A client's id where the issuer is given, so that there is no pool with clients: `--open` needs claims all the same. */
const noPool = "local";

/** Tokens as the stage's user pool makes them, for its own clients and with the claims of its own trigger. */
export const tokens = {
  admin: {
    usage: "",
    help: "an operator: everything, for everybody",
    claims: (args, { OperatorClient: client = noPool }) => {
      if (args.length > 0) throw new Error("An operator's token takes no arguments.");
      return issued({ client, subject: client, machine: true, scopes: [issuedScope(scopes.admin)] });
    },
  },
  partner: {
    usage: "[COUNTRY …]",
    help: "a partner: everybody in these countries, PE without one",
    claims: (args, { PartnerClient: client = noPool }) => {
      const countries = (args.length > 0 ? args : ["PE"]).map((code) => {
        if (isCountryCode(code)) return countryScope(code);
        throw new Error(`"${code}" is no country here: ${countryCodes.join(", ")}.`);
      });
      return issued({ client, subject: client, machine: true, scopes: [...both, ...countries] });
    },
  },
  patient: {
    usage: "[INSURED_ID]",
    help: "a patient: that person only, 00042 without one",
    claims: ([insuredId = "00042", ...more], { PatientClient: client = noPool }) => {
      if (!/^\d{5}$/.test(insuredId) || more.length > 0)
        throw new Error("A patient is one insured id of exactly five digits, as 00042.");
      const attributes = { [insuredAttribute]: insuredId };
      return issued({ client, subject: subjectOf(insuredId), machine: false, scopes: both, attributes });
    },
  },
} satisfies Record<string, TokenKind>;

/** The same for the same person, and does not say which: subjects are in logs and histories. */
const subjectOf = (insuredId: string): string =>
  createHash("sha256").update(`insured ${insuredId}`).digest("hex").slice(0, 32);

const both = [issuedScope(scopes.read), issuedScope(scopes.write)];

/** The claims of an access token of Cognito: docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
function issued(of: {
  client: string;
  subject: string;
  /** Whether the client asks for itself, and not a person through it. */
  machine: boolean;
  scopes: string[];
  attributes?: Record<string, string>;
}): Record<string, unknown> {
  const { accessTokenGeneration: added } = claimsOf({
    triggerSource: of.machine ? "TokenGeneration_ClientCredentials" : "TokenGeneration_HostedAuth",
    request: { userAttributes: of.attributes ?? {}, groupConfiguration: {}, scopes: of.scopes },
  } as TokenEvent); // of the event, what the trigger reads
  return {
    sub: of.subject,
    client_id: of.client,
    token_use: "access",
    scope: [...of.scopes, ...(added?.scopesToAdd ?? [])].join(" "),
    ...added?.claimsToAddOrOverride,
  };
}
