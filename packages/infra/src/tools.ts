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

/** What the tools must know of this app (`GraphConfig` and `LocalConfig`): they themselves know no appointment. */
export default {
  stages: [
    { kind: "production", stage: "production", dev: false, env: {} },
    { kind: "named", stage: "feature-x", dev: false, env: {} },
    { kind: "personal", stage: "someone", dev: true, env: {} },
    { kind: "production-given", stage: "production", dev: false, env: { ...givenDatabases, ...givenVpc } },
    { kind: "personal-given", stage: "someone", dev: true, env: givenDatabases },
  ],
  // A test runs the whole system, records the calls of every function and compares them with this file.
  reach: { calls: "packages/infra/calls.txt", page: "docs/architecture.md" },

  title: "Medical appointments",
  databaseVariable: "COUNTRY",
  givenDatabases: "set DATABASE_URL_PE and DATABASE_URL_CL (mysql://user:password@host:port/name)",
  examples: ({ Api: api }: Record<string, string>) =>
    `Book an appointment, then look at it:

  curl -i ${api}/appointments --json '{"insuredId":"00042","scheduleId":100,"countryISO":"PE"}'
  curl ${api}/appointments/00042`,
  logOptions: { appointment: { field: "appointmentId", help: "only what is about this appointment" } },
  migrate: ({ name, url }: { name: string; url: string }) => ({
    command: ["node_modules/.bin/drizzle-kit", "migrate"],
    env: { COUNTRY: name, [`DATABASE_URL_${name}`]: url },
  }),
};
