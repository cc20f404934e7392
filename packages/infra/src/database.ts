import { createHash, createHmac } from "node:crypto";
import { type Country, databaseName, databaseOwnerName } from "../../core/src/country/country.ts";
import { givenDatabaseUrl, type Place } from "./given.ts";
import type { CountryNetwork } from "./network.ts";
import { originOf } from "./origin.ts";
import type { StageSettings } from "./stage.ts";

/** RDS ended standard support for MySQL 8.0 in July 2026; 8.4 is the long-term support release, and RDS picks its newest minor. */
const mysqlVersion = "8.4";

/** The MySQL that functions under `sst dev` use when no DATABASE_URL_<code> is given: the one `npm run db:dev` starts. */
const local = { address: "127.0.0.1:13306", password: "appointments" };

/** The account that RDS makes with an instance. Only migrations use it. */
const owner = "owner";

type Url = string | $util.Output<string>;

/**
 * The countries' databases: each the given one, else a local one under `sst dev`, else one on an RDS instance that is
 * created, of its own in production, shared elsewhere.
 *
 * Both links hold a mysql:// URL with the password in it: `link` for the functions, whose account reads and writes rows,
 * and `ownerLink` for the migrations, which make that account. A given database has one account for both. `vpc` is what
 * functions must run in to reach it; `mysql` the component, if one is created; `identity` changes when it becomes another
 * database. Throws when a VPC is given and no database: one that is created could not be reached from there for sure.
 */
export function countryDatabases(stage: StageSettings, place: Place, network: CountryNetwork) {
  let shared: sst.aws.Mysql | undefined;
  function instanceFor(country: Country): sst.aws.Mysql {
    const vpc = network.create();
    if (!stage.database.shared) {
      return createInstance(`Mysql${country.suffix}`, nameOf(country), stage, vpc, snapshotOf(stage, country));
    }
    shared ??= createInstance("Mysql", $app.name, stage, vpc);
    return shared;
  }

  return (country: Country) => {
    const given = givenDatabaseUrl(country.code, place, network.own !== undefined);
    const identity = originOf(given);
    if (given) {
      // Live functions run on the developer's machine; their stubs in the cloud need the internet, not a database.
      const vpc = $dev ? undefined : network.own;
      return { ...linksTo(country, $util.secret(given), $util.secret(given)), vpc, mysql: undefined, identity };
    }
    if ($dev) {
      const url = `mysql://${accountOf(country)}:${local.password}@${local.address}/${nameOf(country)}`;
      return { ...linksTo(country, url, url), vpc: undefined, mysql: undefined, identity };
    }
    if (network.own) {
      throw new Error(`A VPC is given, but no database for ${country.name}: give DATABASE_URL_${country.code} too.`);
    }
    const mysql = instanceFor(country);
    const at = $interpolate`${mysql.host}:${mysql.port}/${nameOf(country)}`;
    const account = accountOf(country);
    const url = $interpolate`mysql://${account}:${mysql.password.apply((key) => passwordOf(account, key))}@${at}`;
    const ownerUrl = $interpolate`mysql://${owner}:${mysql.password.apply(encodeURIComponent)}@${at}`;
    return {
      ...linksTo(country, url, ownerUrl),
      vpc: network.create(),
      mysql,
      identity: $interpolate`${at} ${mysql.nodes.instance?.resourceId ?? ""}`,
    };
  };
}

export type CountryDatabase = ReturnType<ReturnType<typeof countryDatabases>>;

const nameOf = ({ code }: Country) => `appointments_${code.toLowerCase()}`;
const accountOf = ({ suffix }: Country) => `appointments${suffix}`;

/** A password that follows from the owner's and does not give it away: nothing more to keep, and new when that is new. */
const passwordOf = (account: string, ownerPassword: string) =>
  createHmac("sha256", ownerPassword).update(account).digest("base64url").slice(0, 32);

function linksTo(country: Country, url: Url, ownerUrl: Url) {
  return {
    link: new sst.Linkable(databaseName(country.code), { properties: { url } }),
    ownerLink: new sst.Linkable(databaseOwnerName(country.code), { properties: { url: ownerUrl } }),
  };
}

/** The snapshot that the country's instance is restored from, with an identifier that the instance it replaces does not have. */
function snapshotOf({ home }: StageSettings, { code, suffix }: Country) {
  const snapshot = home?.snapshots?.[code];
  if (snapshot === undefined) return undefined;
  const hash = createHash("sha256").update(snapshot).digest("hex").slice(0, 8);
  return {
    snapshotIdentifier: snapshot,
    identifier: `${$app.name}-${$app.stage}-mysql${suffix}-${hash}`.toLowerCase(),
  };
}

function createInstance(
  name: string,
  database: string,
  stage: StageSettings,
  vpc: sst.aws.Vpc,
  snapshot?: { snapshotIdentifier: string; identifier: string },
) {
  const { production } = stage;
  return new sst.aws.Mysql(name, {
    vpc,
    version: mysqlVersion,
    database,
    username: owner,
    instance: stage.database.instance,
    multiAz: stage.database.multiAz,
    transform: {
      parameterGroup: (args) => {
        args.parameters = [{ name: "require_secure_transport", value: "ON" }];
      },
      instance: (args) => {
        Object.assign(args, snapshot);
        args.deletionProtection = production;
        args.backupRetentionPeriod = stage.database.backupDays;
        // Production changes in its maintenance window, and to another major version only by hand.
        args.applyImmediately = !production;
        args.allowMajorVersionUpgrade = !production;
        args.autoMinorVersionUpgrade = true;
        args.maxAllocatedStorage = stage.database.storageMaximum;
        args.copyTagsToSnapshot = true;
        args.skipFinalSnapshot = !production;
        if (production) args.finalSnapshotIdentifier = `${$app.name}-${$app.stage}-${name.toLowerCase()}-final`;
      },
    },
  });
}
