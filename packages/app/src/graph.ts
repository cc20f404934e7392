import { countryCodes, eraserName, lookupName } from "@appointments/core/country/country";
import { operations } from "@appointments/functions/api/operation";
import type { GraphConfig } from "@appointments/graph/config";

/** Environments of all functions that our accounts run at once (Service Quotas, L-B99A9384): 10 in a new one. */
const lambdaConcurrency = 10;
/** As `openDatabase` in packages/core makes its pools. */
const connectionsPerEnvironment = 2;
/** What operators and schedules call does one statement after another. */
const connectionsOf = Object.fromEntries(
  countryCodes.flatMap((code) => [
    [lookupName(code), 1],
    [eraserName(code), 1],
  ]),
);
const account = { lambdaConcurrency, connectionsPerEnvironment, connectionsOf };

/** Who is told of production's alarms; the values here are examples. */
const alarmed = { ALARM_EMAIL: "oncall@example.com" };
/** What production is refused without: whose tokens it takes, from which web pages, and where patients sign in. */
const ownIssuer = {
  TOKEN_ISSUER: "created",
  PATIENT_CALLBACK_URLS: "https://app.example.com/callback",
  CORS_ORIGINS: "https://app.example.com",
};
/** The same where a team has an issuer and no browser calls. */
const givenIssuer = {
  TOKEN_ISSUER: "https://login.example.com/",
  TOKEN_AUDIENCES: "appointments",
  CORS_ORIGINS: "none",
};
/** The databases and the VPC that a team has already. */
const givenDatabases = {
  DATABASE_URL_PE: "mysql://app:p%40ss@db.example.pe:3306/citas",
  DATABASE_URL_CL: "mysql://app:secret@db.example.cl:3306/citas",
};
const givenVpc = {
  LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
  SUBNET_ID_1: "subnet-0123456789abcdef0",
  SUBNET_ID_2: "subnet-0123456789abcdef1",
};
/** As `sst secret set` gives them to the program. Production takes them in no other way. */
const asSecrets = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`SST_SECRET_${name}`, value]));

/** The operations that ask for no scope. */
const publicRoutes = Object.values(operations).flatMap((operation) =>
  "scope" in operation ? [] : `${operation.method} ${operation.path}`,
);

/** What `npm run graph` knows of this app. */
export default {
  stages: [
    { kind: "production", stage: "production", dev: false, env: { ...alarmed, ...asSecrets(ownIssuer) }, ...account },
    { kind: "named", stage: "feature-x", dev: false, env: {}, ...account },
    { kind: "personal", stage: "someone", dev: true, env: {} },
    {
      kind: "production-given",
      stage: "production",
      dev: false,
      env: { ...alarmed, ...asSecrets({ ...givenDatabases, ...givenVpc, ...givenIssuer }) },
      ...account,
    },
    { kind: "personal-given", stage: "someone", dev: true, env: givenDatabases },
  ],
  publicRoutes,
  // A test runs the whole system, records the calls of every function and compares them with this file.
  cost: { prices: "packages/app/prices.json", page: "docs/deploying.md", kinds: ["named", "production"] },
  reach: { calls: "packages/app/calls.txt", page: "docs/architecture.md" },
} satisfies GraphConfig;
