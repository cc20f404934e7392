/** Milliseconds since 1970 UTC. A parameter wherever a test must hold time still. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** ISO 8601 in UTC with milliseconds, `2026-11-24T03:00:00.000Z`: its text order is its time order. */
export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();
