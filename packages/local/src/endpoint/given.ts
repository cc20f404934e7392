import type { Endpoint } from "../aws/sign.ts";

/** Endpoints that the user names; what is not named is embedded. */
export interface GivenEndpoints {
  /** Serves everything: SQS, SNS, EventBridge and DynamoDB. */
  all?: string;
  /** Serves DynamoDB, instead of `all` or of the embedded one. */
  dynamodb?: string;
}

/** What is not embedded, in words, without credentials. */
export function describeGiven({ all, dynamodb }: GivenEndpoints = {}): string[] {
  return [
    ...(all === undefined ? [] : [`at ${endpointOf(all, "").url}`]),
    ...(dynamodb === undefined ? [] : [`DynamoDB at ${endpointOf(dynamodb, "").url}`]),
  ];
}

/**
 * Takes the credentials out of `http://KEY:SECRET@host:port`. Without any, the key is the account: emulators that serve
 * several accounts take the account from a key of twelve digits, and the others do not look.
 */
export function endpointOf(url: string, account: string): Endpoint {
  const { username, password, origin, pathname } = new URL(url);
  return {
    url: pathname === "/" ? origin : origin + pathname,
    credentials: {
      accessKeyId: username === "" ? account : decodeURIComponent(username),
      secretAccessKey: password === "" ? "local" : decodeURIComponent(password),
    },
  };
}

/**
 * Checks what was typed as the URL of an endpoint.
 *
 * @throws when it is no http(s) URL; the message names the option
 */
export function checkEndpointUrl(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new Error(`${option} takes the URL of an AWS-compatible endpoint, as http://127.0.0.1:4566, not "${text}".`);
  }
  return text;
}
