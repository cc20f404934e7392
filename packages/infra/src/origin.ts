import { countries } from "../../core/src/country/country.ts";
import { givenDatabaseUrl, type Place } from "./given.ts";

/** Where a country's database is: `created`, by this program, or `host:port/name` of a given one. */
export type Origin = string;

/** The origin of a given database's URL; its user and password are not in it. */
export function originOf(url: string | undefined): Origin {
  if (url === undefined) return "created";
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 3306}${pathname}`;
}

/**
 * Refuses to give a country another database than the one that the stage was last deployed with: its rows would stay in the
 * old one, and taken slots would be free in the new one. `MOVE_DATABASE_<code>` allows it, and holds the new origin, so that
 * it allows nothing else if it stays set.
 *
 * @param before what the last deployment recorded, by country; none for a stage that is new
 */
export function refuseMoves(
  now: Record<string, Origin>,
  before: Record<string, Origin | undefined>,
  allowed = (code: string) => process.env[`MOVE_DATABASE_${code}`]?.trim(),
): void {
  for (const [code, origin] of Object.entries(now)) {
    const last = before[code];
    if (last === undefined || last === origin || allowed(code) === origin) continue;
    throw new Error(
      `The database of ${code} on this stage is ${last}; this deployment would use ${origin}, without the rows. If they were moved, or may be left behind, deploy with MOVE_DATABASE_${code}=${origin}.`,
    );
  }
}

/**
 * Refuses moved databases, before anything else is registered, and records the origin of each country's for the next
 * deployment. Under `sst dev` the databases are on the developer's machine.
 *
 * @param inVpc whether a VPC is given
 */
export async function keepOrigins(place: Place, inVpc: boolean): Promise<void> {
  if ($dev) return;
  const all = Object.values(countries);
  const now = Object.fromEntries(all.map(({ code }) => [code, originOf(givenDatabaseUrl(code, place, inVpc))]));
  const folder = `/${$app.name}/${$app.stage}/database/`;
  const { names, values } = await aws.ssm.getParametersByPath({ path: folder });
  refuseMoves(now, Object.fromEntries(names.map((name, index) => [name.slice(folder.length), values[index]])));
  for (const { code, suffix } of all) {
    new aws.ssm.Parameter(`DatabaseOrigin${suffix}`, {
      name: `${folder}${code}`,
      description: `Which database this stage was last deployed with; a change needs MOVE_DATABASE_${code}`,
      type: "String",
      value: now[code] ?? "",
    });
  }
}
