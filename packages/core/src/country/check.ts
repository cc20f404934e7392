import { countryCodes } from "./country.ts";
import { drift } from "./drift.ts";

/* `npm run db:check`: says for each country whether its migrations make its schema. */
for (const code of countryCodes) {
  const missing = await drift(code);
  if (missing.length === 0) {
    console.log(`${code}: the migrations make exactly the schema.`);
  } else {
    console.error(
      `${code}: the migrations lack this; COUNTRY=${code} npm run db:generate writes it:\n${missing.join("\n")}`,
    );
    process.exitCode = 1;
  }
}
