import { readResults } from "./results.ts";
import { fingerprint, type Made } from "./source.ts";

/** Says which parts of docs/reliability.md were found with another source than that of today. It never fails: `npm run test:fault -- --long` takes hours. */
const now = fingerprint();
const results = readResults();
const names = Object.keys(results) as (keyof typeof results)[]; // its own keys
const parts = names.flatMap((name) =>
  Object.values<{ made: Made }>(results[name] ?? {}).map(({ made }) => ({ name, made })),
);
const older = parts.filter(({ made }) => made.source !== now);
if (older.length > 0) {
  console.log(`docs/reliability.md is older than the code (source ${now}):`);
  for (const { name, made } of older) {
    console.log(`  ${name} on ${made.server}: commit ${made.commit}, ${made.at.slice(0, 16)}Z, source ${made.source}`);
  }
}
