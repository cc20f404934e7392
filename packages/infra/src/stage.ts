import { homeOf } from "./home.ts";

/** Whether a stage keeps and protects its data: `production`, and every name that begins with `prod`. */
export const isProtected = (stage: string): boolean => /^prod/i.test(stage);

/** What differs between stages, in one place. A protected stage keeps its data; every other one is cheap and removable. */
export function stageSettings(stage: string) {
  const production = isProtected(stage);
  return {
    name: stage,
    production,
    home: homeOf(stage, production),
    /** CloudWatch retention of function and access logs. */
    logRetention: production ? "3 months" : "1 week",
    /**
     * Environments that work on one queue at once: 2 to 1000. A new account runs 10 of all functions together, and the API
     * needs some: `npm run graph -- --lint` compares with the account's quota in packages/app/src/graph.ts.
     */
    consumerConcurrency: 2,
    /** What each caller may ask of one environment of the API, in requests; over it the answer is 429. */
    callerLimit: production ? { perSecond: 50, burst: 100 } : { perSecond: 500, burst: 1000 },
    /** Any other text makes a new secret for the cursors of lists; those that clients hold are invalid then. */
    cursorSecret: "1",
    /** Zones in which the VPC's interface endpoints are: 1 or 2. Each is billed by the hour. */
    endpointZones: production ? 2 : 1,
    /** Days in which a deleted secret can be restored: 7 to 30, or 0 for none. */
    secretRecoveryDays: production ? 30 : 0,
    database: {
      /** Whether the countries have their databases on one instance; each has an account of its own in any case. */
      shared: !production,
      instance: production ? "t4g.small" : "t4g.micro",
      multiAz: production,
      /** Up to where RDS lets the storage grow by itself, in GB; it begins with 20. Growth needs a tenth more at least. */
      storageMaximum: production ? 100 : 30,
      /** Connections that are many for the instance: about four fifths of RDS's limit, memory / 12,582,880. */
      manyConnections: production ? 110 : 45,
      /** Days of automatic backups: 1 to 35, 0 turns them off. */
      backupDays: production ? 35 : 1,
    },
  } as const;
}

export type StageSettings = ReturnType<typeof stageSettings>;

/**
 * Refuses `sst dev` on a protected stage: it would replace the functions by stubs and give up databases and VPC, and the
 * next deployment would make empty ones.
 */
export function refuseDev(stage: StageSettings): void {
  if (!$dev || !stage.production) return;
  throw new Error(
    `sst dev would take stage ${stage.name} apart, databases included. Use a stage of your own: npx sst dev --stage NAME.`,
  );
}
