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
      /** Days of automatic backups: 1 to 35, 0 turns them off. */
      backupDays: production ? 35 : 1,
    },
  } as const;
}

export type StageSettings = ReturnType<typeof stageSettings>;
