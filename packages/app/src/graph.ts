import type { GraphConfig } from "@appointments/graph/config";

/** The databases and the VPC that a team has already; the values are examples. */
const givenDatabases = {
  DATABASE_URL_PE: "mysql://app:p%40ss@db.example.pe:3306/citas",
  DATABASE_URL_CL: "mysql://app:secret@db.example.cl:3306/citas",
};
const givenVpc = {
  LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
  SUBNET_ID_1: "subnet-0123456789abcdef0",
  SUBNET_ID_2: "subnet-0123456789abcdef1",
};

/** What `npm run graph` knows of this app. */
export default {
  stages: [
    { kind: "production", stage: "production", dev: false, env: {} },
    { kind: "named", stage: "feature-x", dev: false, env: {} },
    { kind: "personal", stage: "someone", dev: true, env: {} },
    { kind: "production-given", stage: "production", dev: false, env: { ...givenDatabases, ...givenVpc } },
    { kind: "personal-given", stage: "someone", dev: true, env: givenDatabases },
  ],
  // A test runs the whole system, records the calls of every function and compares them with this file.
  reach: { calls: "packages/app/calls.txt", page: "docs/architecture.md" },
} satisfies GraphConfig;
