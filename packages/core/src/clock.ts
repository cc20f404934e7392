/** Milliseconds since 1970 UTC. A parameter wherever a test must hold time still. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** ISO 8601 in UTC with milliseconds, `2026-11-24T03:00:00.000Z`: its text order is its time order. */
export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/**
 * Now, or `moment` when that is later: what follows from something is not dated before it, though the clocks of two
 * functions differ. So a history reads in the order of cause and effect, and `updatedAt` does not go back.
 *
 * @param moment ISO 8601
 */
export const notBefore = (moment: string, now: number): number => Math.max(now, Date.parse(moment));
