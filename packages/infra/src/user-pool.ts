import { type CountryCode, countryCodes } from "../../core/src/country/country.ts";
import { type Scope, scopes } from "../../functions/src/api/operation.ts";
import { insuredAttribute } from "../../functions/src/token/claims.ts";
import { countryScope, issuedScope, resourceServer } from "../../functions/src/token/scope.ts";
import type { StageSettings } from "./stage.ts";

/** The partners of a stage: each has a client of its own, which gets tokens for these countries and for no others. */
const partners: { name: string; countries: readonly CountryCode[] }[] = [{ name: "Partner", countries: countryCodes }];

/** How long Cognito waits for its trigger: docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
const timeoutSeconds = 5;

/**
 * A user pool of the stage's own, that issues the tokens: to partners and operators for their clients' secrets, to patients
 * who sign in with an app that has no secret (authorization code with PKCE, RFC 7636).
 *
 * Only who administrates the pool makes its users and says which insured person one is: no client may write that attribute,
 * and nobody can change it later.
 *
 * @param callbackUrls where the patients' app takes the code
 */
export function userPool(stage: StageSettings, callbackUrls: string[]) {
  const tokenClaims = new sst.aws.Function("tokenClaims", {
    handler: "packages/functions/src/tokenClaims.handler",
    description: "Puts into access tokens whom they reach",
    timeout: `${timeoutSeconds} seconds`,
  });
  const pool = new aws.cognito.UserPool("Callers", {
    name: `${$app.name}-${$app.stage}-Callers`,
    // Lite, the cheaper one, does not let access tokens be changed.
    userPoolTier: "ESSENTIALS",
    deletionProtection: stage.production ? "ACTIVE" : "INACTIVE",
    usernameAttributes: ["email"],
    usernameConfiguration: { caseSensitive: false },
    autoVerifiedAttributes: ["email"],
    userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
    accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
    adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    passwordPolicy: {
      minimumLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireNumbers: true,
      requireSymbols: false,
      temporaryPasswordValidityDays: 7,
    },
    mfaConfiguration: "OPTIONAL",
    softwareTokenMfaConfiguration: { enabled: true },
    schemas: [
      {
        name: insuredAttribute.replace("custom:", ""),
        attributeDataType: "String",
        mutable: false,
        required: false,
        developerOnlyAttribute: false,
        stringAttributeConstraints: { minLength: "5", maxLength: "5" },
      },
    ],
    // Version 3 is called for clients that ask for themselves, too.
    lambdaConfig: { preTokenGenerationConfig: { lambdaArn: tokenClaims.arn, lambdaVersion: "V3_0" } },
  });
  new aws.lambda.Permission("tokenClaimsPermission", {
    action: "lambda:InvokeFunction",
    function: tokenClaims.arn,
    principal: "cognito-idp.amazonaws.com",
    sourceArn: pool.arn,
  });
  const domain = new aws.cognito.UserPoolDomain("CallersDomain", {
    userPoolId: pool.id,
    // Nobody else in the region may have the same: the pool's own letters make it so.
    domain: pool.id.apply((id) => `${$app.name}-${$app.stage}-${id.slice(id.indexOf("_") + 1)}`.toLowerCase()),
  });
  const clients = poolClients(pool, callbackUrls);
  return {
    url: $interpolate`https://${pool.endpoint}`,
    audiences: clients.map(({ id }) => id),
    tokenClaims,
    timeoutSeconds,
    signIn: $interpolate`https://${domain.domain}.auth.${aws.getRegionOutput().region}.amazoncognito.com`,
  };
}

function poolClients(pool: aws.cognito.UserPool, callbackUrls: string[]) {
  const server = new aws.cognito.ResourceServer("CallersScopes", {
    userPoolId: pool.id,
    identifier: resourceServer,
    name: "The API",
    scopes: [
      ...Object.values(scopes).map((scope) => scopeOf(issuedScope(scope), says[scope])),
      ...countryCodes.map((code) => scopeOf(countryScope(code), `Reach appointments of ${code}`)),
    ],
  });
  const common = {
    userPoolId: pool.id,
    allowedOauthFlowsUserPoolClient: true,
    // No sign-in beside OAuth: no password reaches our own code.
    explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
    enableTokenRevocation: true,
    preventUserExistenceErrors: "ENABLED",
    accessTokenValidity: 60,
    tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
    readAttributes: ["email", "email_verified", insuredAttribute],
    // Stated, because without it a client may write whatever has no rule.
    writeAttributes: ["email"],
  };
  const machine = (name: string, allowedOauthScopes: string[]) =>
    new aws.cognito.UserPoolClient(
      `${name}Client`,
      {
        ...common,
        name: `${$app.name}-${$app.stage}-${name}`,
        generateSecret: true,
        allowedOauthFlows: ["client_credentials"],
        allowedOauthScopes,
      },
      { dependsOn: [server] },
    );
  const patient = new aws.cognito.UserPoolClient(
    "PatientClient",
    {
      ...common,
      name: `${$app.name}-${$app.stage}-Patient`,
      generateSecret: false,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", issuedScope(scopes.read), issuedScope(scopes.write)],
      callbackUrls,
      supportedIdentityProviders: ["COGNITO"],
      idTokenValidity: 60,
      refreshTokenValidity: 30,
    },
    { dependsOn: [server] },
  );
  const ofPartners = partners.map(({ name, countries }) =>
    machine(name, [issuedScope(scopes.read), issuedScope(scopes.write), ...countries.map(countryScope)]),
  );
  return [...ofPartners, machine("Operator", [issuedScope(scopes.admin)]), patient];
}

const says: Record<Scope, string> = {
  "appointments:read": "Read appointments",
  "appointments:write": "Book and change appointments",
  "appointments:admin": "Everything, for everybody",
};

/** A scope of the resource server, which Cognito names without the server. */
function scopeOf(issued: string, scopeDescription: string) {
  return { scopeName: issued.slice(resourceServer.length + 1), scopeDescription };
}
