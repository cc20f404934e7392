import type { LocalConfig } from "@appointments/local/config";
import { tokens } from "./token.ts";

/** What `npm start`, `npm run logs` and `npm run db:dev` know of this app. */
export default {
  title: "Medical appointments",
  databaseVariable: "COUNTRY",
  givenDatabases: "set DATABASE_URL_PE and DATABASE_URL_CL (mysql://user:password@host:port/name)",
  urlVariable: (country) => `DATABASE_URL_${country}`,
  examples: ({ apis: { Api: api }, tokenCommand }) =>
    `Book an appointment for a patient, then look at it:

  TOKEN=$(${tokenCommand("patient", "00042")})
  curl -i ${api}/appointments -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '{"insuredId":"00042","scheduleId":100,"countryISO":"PE"}'
  curl ${api}/appointments/00042 -H "authorization: Bearer $TOKEN"`,
  tokens,
  openAs: "admin",
  logOptions: { appointment: { field: "appointmentId", help: "only what is about this appointment" } },
  migrate: ({ name, url }) => ({
    command: ["node_modules/.bin/drizzle-kit", "migrate"],
    env: { COUNTRY: name, [`DATABASE_URL_${name}`]: url },
  }),
} satisfies LocalConfig;
