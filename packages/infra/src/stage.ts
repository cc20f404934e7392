/** What differs between stages, in one place. `production` keeps and protects its data; every other stage is cheap and removable. */
export function stageSettings(stage: string) {
  const production = stage === "production";
  return {
    production,
    /** CloudWatch retention of function and access logs. */
    logRetention: production ? "3 months" : "1 week",
    database: {
      instance: production ? "t4g.small" : "t4g.micro",
      multiAz: production,
      proxy: production,
      /** Connections that are many for the instance: about four fifths of RDS's limit, memory / 12,582,880. */
      manyConnections: production ? 110 : 45,
      /** Days of automatic backups: 1 to 35, 0 turns them off. */
      backupDays: production ? 35 : 1,
    },
  } as const;
}

export type StageSettings = ReturnType<typeof stageSettings>;
