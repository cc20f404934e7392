/** What the operator did not ask for rightly: said with the usage, exit code 2. */
export class UsageError extends Error {}

/** What cannot be done now, with the way out: exit code 1. */
export class OpsError extends Error {}
