import { describe, expect, test } from "vitest";
import { handler } from "../tokenClaims.ts";
import type { TokenEvent } from "./claims.ts";

/** As on AWS's page about the trigger. */
function event(
  triggerSource: TokenEvent["triggerSource"],
  request: { userAttributes?: Record<string, string>; scopes?: string[] },
): TokenEvent {
  return {
    version: "3",
    triggerSource,
    region: "us-east-1",
    userPoolId: "us-east-1_EXAMPLE",
    userName: "someone",
    callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: "1example23456789" },
    request: { groupConfiguration: {}, ...request },
    response: { claimsAndScopeOverrideDetails: {} },
  } as unknown as TokenEvent; // Cognito leaves attributes and scopes out where it has none
}

const accessOf = async (made: TokenEvent) =>
  (await handler(made)).response.claimsAndScopeOverrideDetails.accessTokenGeneration;

describe("an access token of a partner", () => {
  const granted = (...scopes: string[]) => accessOf(event("TokenGeneration_ClientCredentials", { scopes }));

  test("has the API's scopes and the countries that its client was given", async () => {
    expect(
      await granted("appointments/read", "appointments/write", "appointments/country.PE", "appointments/country.CL"),
    ).toEqual({
      scopesToAdd: ["appointments:read", "appointments:write"],
      claimsToAddOrOverride: { countries: "PE CL" },
    });
  });

  test("has no claim of countries when its client was given none that we serve", async () => {
    expect(await granted("appointments/read", "appointments/country.XX", "otherservice/country.PE")).toEqual({
      scopesToAdd: ["appointments:read"],
      claimsToAddOrOverride: {},
    });
  });

  test("has the operator's scope when its client was given that", async () => {
    expect(await granted("appointments/admin")).toEqual({
      scopesToAdd: ["appointments:admin"],
      claimsToAddOrOverride: {},
    });
  });

  test("gets nothing from scopes that only look like ours", async () => {
    expect(await granted("appointments/reader", "appointments:read", "x/appointments/read")).toEqual({
      scopesToAdd: [],
      claimsToAddOrOverride: {},
    });
  });
});

describe.each([
  "TokenGeneration_HostedAuth",
  "TokenGeneration_Authentication",
  "TokenGeneration_RefreshTokens",
] as const)("an access token of a person, by %s", (source) => {
  const userAttributes = { sub: "s", email: "a@example.com", "custom:insuredId": "00042" };

  test("has the insured id of that person", async () => {
    expect(
      await accessOf(event(source, { userAttributes, scopes: ["openid", "appointments/read", "appointments/write"] })),
    ).toEqual({
      scopesToAdd: ["appointments:read", "appointments:write"],
      claimsToAddOrOverride: { insuredId: "00042" },
    });
  });

  test("never has the operator's scope, nor countries", async () => {
    const scopes = ["appointments/admin", "appointments/country.PE", "appointments/read"];
    expect(await accessOf(event(source, { userAttributes, scopes }))).toEqual({
      scopesToAdd: ["appointments:read"],
      claimsToAddOrOverride: { insuredId: "00042" },
    });
  });

  test("has neither claim nor scope for somebody without an insured id who signs in with a password only", async () => {
    expect(await accessOf(event(source, { userAttributes: { sub: "s" } }))).toEqual({
      scopesToAdd: [],
      claimsToAddOrOverride: {},
    });
  });
});

test("the event is otherwise answered as it came", async () => {
  const sent = event("TokenGeneration_HostedAuth", { userAttributes: {}, scopes: [] });
  const { response: _, ...answered } = await handler(sent);
  const { response: __, ...expected } = sent;
  expect(answered).toEqual(expected);
});
