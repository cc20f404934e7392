import type { LocalConfig } from "@appointments/local/config";

/** What `npm start`, `npm run logs` and `npm run db:dev` know of this app. */
export default {
  title: "Medical appointments",
  databaseVariable: "COUNTRY",
  givenDatabases: "set DATABASE_URL_PE and DATABASE_URL_CL (mysql://user:password@host:port/name)",
  urlVariable: (country) => `DATABASE_URL_${country}`,
  examples: ({ Api: api }) =>
    `Book an appointment, then look at it:

  curl -i ${api}/appointments -H 'content-type: application/json' \\
    -d '{"insuredId":"00042","scheduleId":100,"countryISO":"PE"}'
  curl ${api}/appointments/00042`,
  logOptions: { appointment: { field: "appointmentId", help: "only what is about this appointment" } },
  migrate: ({ name, url }) => ({
    command: ["node_modules/.bin/drizzle-kit", "migrate"],
    env: { COUNTRY: name, [`DATABASE_URL_${name}`]: url },
  }),
} satisfies LocalConfig;
