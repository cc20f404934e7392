import { createHmac } from "node:crypto";
import { type Country, databaseName, databaseOwnerName } from "../../core/src/country/country.ts";
import { givenDatabaseUrl } from "./given.ts";
import type { CountryNetwork } from "./network.ts";
import type { StageSettings } from "./stage.ts";

/** RDS ended standard support for MySQL 8.0 in July 2026; 8.4 is the long-term support release, and RDS picks its newest minor. */
const mysqlVersion = "8.4";

/** The MySQL that functions under `sst dev` use when no DATABASE_URL_<code> is given: the one `npm run db:dev` starts. */
const local = { host: "127.0.0.1", port: 13306, password: "appointments" };

/**
 * A country's own MySQL database: the given one, else a local one under `sst dev`, else a new RDS instance.
 *
 * Returns the link, whose `url` is a mysql:// URL with the password in it, the `vpc` that functions must run in to
 * reach it, and the component, if one is created. Throws when a VPC is given and no database: one that is created could not be reached from there for sure.
 */
export function countryDatabase(country: Country, stage: StageSettings, network: CountryNetwork) {
  const name = databaseName(country.code);
  const given = givenDatabaseUrl(country.code);
  if (given) {
    // Live functions run on the developer's machine; their stubs in the cloud need the internet, not a database.
    const url = $util.secret(given);
    const owner = linkTo(databaseOwnerName(country.code), url);
    return { link: linkTo(name, url), owner, vpc: $dev ? undefined : network.own, mysql: undefined };
  }
  if (network.own && !$dev) {
    throw new Error(`A VPC is given, but no database for ${country.name}: give DATABASE_URL_${country.code} too.`);
  }
  const database = `appointments_${country.code.toLowerCase()}`;
  const vpc = $dev ? undefined : network.create();
  const mysql = new sst.aws.Mysql(`Mysql${country.suffix}`, {
    vpc: vpc ?? { subnets: [] },
    version: mysqlVersion,
    database,
    username: `appointments${country.suffix}`, // RDS allows 16 letters and digits
    instance: stage.database.instance,
    multiAz: stage.database.multiAz,
    proxy: stage.database.proxy,
    dev: { ...local, database },
    transform: {
      parameterGroup: (args) => {
        args.parameters = [{ name: "require_secure_transport", value: "ON" }];
      },
      instance: (args) => {
        args.deletionProtection = stage.production;
        args.backupRetentionPeriod = stage.database.backupDays;
        args.autoMinorVersionUpgrade = true;
        args.copyTagsToSnapshot = true;
        args.skipFinalSnapshot = !stage.production;
        if (stage.production) args.finalSnapshotIdentifier = `${$app.name}-${$app.stage}-${name.toLowerCase()}-final`;
      },
      proxy: (args) => {
        args.requireTls = true;
      },
    },
  });
  const password = mysql.password.apply(encodeURIComponent);
  const host = mysql.nodes.instance?.address ?? mysql.host;
  const at = $interpolate`${host}:${mysql.port}/${mysql.database}`;
  const owner = linkTo(databaseOwnerName(country.code), $interpolate`mysql://${mysql.username}:${password}@${at}`);
  if ($dev) return { link: linkTo(name, $interpolate`mysql://${mysql.username}:${password}@${at}`), owner, vpc, mysql };
  // From the owner's password, which is 32 random letters and digits: it changes with it, and does not give it away.
  const accountPassword = mysql.password.apply((secret) => createHmac("sha256", secret).update(name).digest("hex"));
  const account = $interpolate`mysql://functions${country.suffix}:${accountPassword}@${at}`;
  return { link: linkTo(name, account), owner, vpc, mysql };
}

function linkTo(name: string, url: $util.Output<string>) {
  return new sst.Linkable(name, { properties: { url } });
}
