import { givenTo, type Place } from "./given.ts";
import { hostKind } from "./host.ts";
import type { StageSettings } from "./stage.ts";
import { userPool } from "./user-pool.ts";

/** Who issues the tokens that the API takes: an issuer that a team has, or a user pool of the stage's own. */
export type IssuerChoice = { kind: "given"; url: string; audiences: string[] } | { kind: "created" };

/** An authorizer of API Gateway takes no more: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const mostAudiences = 50;

/**
 * The issuer of the stage: `TOKEN_ISSUER` and `TOKEN_AUDIENCES`, or the word `created` in `TOKEN_ISSUER` for a user pool of its
 * own, which is also what a stage gets that is not production and is given nothing. No stage goes without.
 *
 * @throws Error when production has not said which of the two, or when what is given is no issuer that API Gateway reaches
 */
export function chosenIssuer(place: Place): IssuerChoice {
  const issuer = givenTo(place, "TOKEN_ISSUER");
  const audiences = (givenTo(place, "TOKEN_AUDIENCES") ?? "").split(/[\s,]+/).filter(Boolean);
  if (issuer === undefined && place.production) {
    throw new Error(
      "Nobody is named whose tokens the API takes: npx sst secret set TOKEN_ISSUER https://ISSUER and TOKEN_AUDIENCES, or TOKEN_ISSUER created for a user pool of the stage's own, with --stage NAME.",
    );
  }
  if (issuer === undefined || issuer === "created") {
    if (audiences.length === 0) return { kind: "created" };
    throw new Error(
      "TOKEN_AUDIENCES belongs to a given TOKEN_ISSUER; a user pool that is created knows its own clients.",
    );
  }
  if (!isIssuer(issuer, place)) {
    throw new Error(
      `TOKEN_ISSUER must be the https URL of an OpenID issuer, as in its tokens' iss, without query and fragment, or the word created; not "${issuer}".`,
    );
  }
  if (audiences.length === 0 || audiences.length > mostAudiences) {
    throw new Error(
      `TOKEN_AUDIENCES must name 1 to ${mostAudiences} audiences, by spaces: without one, tokens that ${issuer} made for others would open the API.`,
    );
  }
  return { kind: "given", url: issuer, audiences };
}

/** What an authorizer of API Gateway is made with; `pool` when the issuer is the stage's own. */
export function tokenIssuer(stage: StageSettings, place: Place) {
  const chosen = chosenIssuer(place);
  if (chosen.kind === "given") return { url: chosen.url, audiences: chosen.audiences, pool: undefined };
  const pool = userPool(stage, callbackUrls(place));
  return { url: pool.url, audiences: pool.audiences, pool };
}

/**
 * Where the patients' app takes the code that a sign-in ends with: `PATIENT_CALLBACK_URLS`, by spaces. Without it an app on the
 * developer's own machine.
 *
 * @throws Error when production names none, or when Cognito would refuse one
 */
export function callbackUrls(place: Place): string[] {
  const given = givenTo(place, "PATIENT_CALLBACK_URLS");
  if (given === undefined && place.production) {
    throw new Error(
      "No app is named that patients sign in with: npx sst secret set PATIENT_CALLBACK_URLS https://APP.EXAMPLE/CALLBACK --stage NAME.",
    );
  }
  const urls = given?.split(/[\s,]+/) ?? ["http://localhost:3000/callback"];
  for (const url of urls) {
    const { protocol, hostname, hash } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "", hash: "" };
    if (hash === "" && (protocol === "https:" || (protocol === "http:" && hostname === "localhost"))) continue;
    throw new Error(
      `PATIENT_CALLBACK_URLS has "${url}": write https URLs without a fragment, by spaces; http is for localhost only.`,
    );
  }
  return urls;
}

/** Whether API Gateway can ask it for its keys; here also one on this machine. */
function isIssuer(text: string, place: Place): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") return false;
  const kind = hostKind(url.hostname);
  if (kind === "loopback") return place.onThisMachine && /^https?:$/.test(url.protocol);
  return url.protocol === "https:" && kind === "public";
}
