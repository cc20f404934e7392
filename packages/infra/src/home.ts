import type { CountryCode } from "../../core/src/country/country.ts";

/** Where a stage is deployed, whoever deploys it and whatever their shell says. */
export interface Home {
  /** Twelve digits. The provider refuses the credentials of any other account. */
  account: string;
  region: string;
  /** Two zones of the region for the VPC that is created. Stated, because AWS adds zones, and not each has everything. */
  zones: [string, string];
  /**
   * RDS snapshots that countries' databases are restored from. A new name replaces the country's instance; so does removing
   * it, so that it stays. Only for stages whose countries have an instance each.
   */
  snapshots?: Partial<Record<CountryCode, string>>;
}

/**
 * The stages that are pinned, by name. Production's account is the one of AWS's documentation and nobody's: write your own
 * before the first deployment. A stage that is not here goes to the account and region of the credentials.
 */
const homes: Record<string, Home> = {
  production: { account: "123456789012", region: "us-east-1", zones: ["us-east-1b", "us-east-1c"] },
};

/**
 * The home of a stage, if it has one.
 *
 * @throws Error for a protected stage without a whole one: a second production elsewhere would be made in silence
 */
export function homeOf(stage: string, isProtected: boolean, known: Record<string, Home> = homes): Home | undefined {
  const home = known[stage];
  if (!home && !isProtected) return undefined;
  const isWhole =
    home &&
    /^\d{12}$/.test(home.account) &&
    /^[a-z]{2}(-[a-z]+)+-\d$/.test(home.region) &&
    new Set(home.zones).size === 2 &&
    home.zones.every((zone) => zone.startsWith(home.region));
  if (isWhole) return home;
  throw new Error(
    `Stage ${stage} needs an account (twelve digits), a region and two zones of it: write them in packages/infra/src/home.ts.`,
  );
}

/**
 * `providers` in `app()` of sst.config.ts: region and account of a stage that has a home, and what makes random secrets,
 * in the version that SST's own components use.
 */
export function providersOf(home: Home | undefined) {
  const random = "4.16.6";
  return home ? { random, aws: { region: home.region as aws.Region, allowedAccountIds: [home.account] } } : { random };
}
