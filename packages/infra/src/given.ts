import { hostKind } from "./host.ts";

/** What decides where a given value may come from and which hosts it may name. */
export interface Place {
  /** Whether databases and VPC come from secrets only. */
  production: boolean;
  /** Whether functions run here and not on AWS: `sst dev`, `npm start`. */
  onThisMachine: boolean;
}

/** The place of this program. `start` is the command of the local system. */
export const placeOf = (stage: { production: boolean }): Place => ({
  production: stage.production,
  onThisMachine: $dev || $cli.command === "start",
});

/**
 * What a team already has and gives instead of having it created: from `.env` (or the environment), or from
 * `sst secret set NAME value`, which the CLI hands to this program as `SST_SECRET_NAME`.
 */
export function given(name: string): string | undefined {
  return variable(name) || variable(`SST_SECRET_${name}`) || undefined;
}

const variable = (name: string): string => process.env[name]?.trim() ?? "";

/** As `given`; in production from a secret only: what happens to be in somebody's shell or `.env` must neither move its data nor open its door. */
export function givenTo(place: Place, name: string): string | undefined {
  if (place.production && variable(name) !== "") {
    throw new Error(
      `${name} is set in the environment or an .env file. Production takes it from a secret only: unset it here, and if production is to use it, npx sst secret set ${name} VALUE --stage production.`,
    );
  }
  return given(name);
}

/**
 * The MySQL URL given as `DATABASE_URL_<country code>`.
 *
 * @param inVpc whether the functions that use it run in a given VPC
 * @throws Error when it is not a MySQL URL with a host and a database, or when a function on AWS cannot reach the host
 */
export function givenDatabaseUrl(countryCode: string, place: Place, inVpc: boolean): string | undefined {
  const name = `DATABASE_URL_${countryCode}`;
  const value = givenTo(place, name);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "mysql:" || !url.hostname || url.pathname.length < 2) {
    throw new Error(`${name} must be mysql://user:password@host:port/database (its value is not shown here).`);
  }
  if (place.onThisMachine) return value;
  const kind = hostKind(url.hostname);
  if (kind === "loopback") {
    throw new Error(
      `${name} names ${url.hostname}, which on AWS is the function's own machine. Give a host that AWS reaches, or unset it; it serves npm start and sst dev only.`,
    );
  }
  if (kind === "private" && !inVpc) {
    throw new Error(
      `${name} names ${url.hostname}, which is reached only from inside its network. Give the VPC too: LAMBDA_SECURITY_GROUP_ID, SUBNET_ID_1, SUBNET_ID_2.`,
    );
  }
  return value;
}

/**
 * The VPC given as `LAMBDA_SECURITY_GROUP_ID`, `SUBNET_ID_1` and `SUBNET_ID_2`: all three or none. Throws when one is
 * missing or is not an id of its kind.
 */
export function givenVpc(place: Place) {
  const ids = {
    LAMBDA_SECURITY_GROUP_ID: { value: givenTo(place, "LAMBDA_SECURITY_GROUP_ID"), prefix: "sg" },
    SUBNET_ID_1: { value: givenTo(place, "SUBNET_ID_1"), prefix: "subnet" },
    SUBNET_ID_2: { value: givenTo(place, "SUBNET_ID_2"), prefix: "subnet" },
  };
  const missing = Object.entries(ids).filter(([, id]) => !id.value);
  if (missing.length === 3) return undefined;
  if (missing.length > 0) {
    throw new Error(`A VPC is given by three variables; missing: ${missing.map(([name]) => name).join(", ")}.`);
  }
  for (const [name, { value, prefix }] of Object.entries(ids)) {
    if (!new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(value as string)) {
      throw new Error(`${name} must look like ${prefix}-0123456789abcdef0, not "${value}".`);
    }
  }
  return {
    securityGroups: [ids.LAMBDA_SECURITY_GROUP_ID.value as string],
    privateSubnets: [ids.SUBNET_ID_1.value as string, ids.SUBNET_ID_2.value as string],
  };
}
