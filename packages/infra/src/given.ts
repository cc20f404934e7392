/**
 * What a team already has and gives instead of having it created: from `.env` (or the environment), or from
 * `sst secret set NAME value`, which the CLI hands to this program as `SST_SECRET_NAME`.
 */
export function given(name: string): string | undefined {
  return process.env[name]?.trim() || process.env[`SST_SECRET_${name}`]?.trim() || undefined;
}

/** The MySQL URL given as `DATABASE_URL_<country code>`. Throws when it is not a MySQL URL with a host and a database. */
export function givenDatabaseUrl(countryCode: string): string | undefined {
  const name = `DATABASE_URL_${countryCode}`;
  const value = given(name);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "mysql:" || !url.hostname || url.pathname.length < 2) {
    throw new Error(`${name} must be mysql://user:password@host:port/database (its value is not shown here).`);
  }
  return value;
}

/**
 * The VPC given as `LAMBDA_SECURITY_GROUP_ID`, `SUBNET_ID_1` and `SUBNET_ID_2`: all three or none. Throws when one is
 * missing or is not an id of its kind.
 */
export function givenVpc() {
  const ids = {
    LAMBDA_SECURITY_GROUP_ID: { value: given("LAMBDA_SECURITY_GROUP_ID"), prefix: "sg" },
    SUBNET_ID_1: { value: given("SUBNET_ID_1"), prefix: "subnet" },
    SUBNET_ID_2: { value: given("SUBNET_ID_2"), prefix: "subnet" },
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
