/**
 * Every member of `T` by name; an optional one may be `undefined`, but it must be there. A mapping that builds one does
 * not compile when it leaves a member out.
 */
export type Every<T> = { [K in keyof Required<T>]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The value without the members that are `undefined`. Name `T` at the call: `whole<Booking>({ … })`. */
export const whole = <T extends object>(every: Every<T>): T =>
  // What is left out was optional in `T`: `Every` allows `undefined` nowhere else.
  Object.fromEntries(Object.entries(every).filter(([, value]) => value !== undefined)) as T;

/**
 * Says that a destructuring took every member, so that a new member does not compile until each mapping names it:
 *
 *     const { appointmentId, createdAt, ...rest } = booking;
 *     allNamed(rest);
 */
export const allNamed = (_rest: Record<string, never>): void => {};

/** Two words for one thing: the domain's, and the one that is stored, published or answered. */
export interface Words<Ours extends string, Theirs extends string> {
  /** Their word for ours. */
  to(ours: Ours): Theirs;
  /** Our word for theirs. */
  from(theirs: Theirs): Ours;
  /** Our word for a text that may be no word of theirs. */
  find(text: string): Ours | undefined;
  theirs: readonly Theirs[];
}

/** A dictionary from a table of ours → theirs. Two of ours must not have one word of theirs. */
export function words<Ours extends string, Theirs extends string>(
  table: Readonly<Record<Ours, Theirs>>,
): Words<Ours, Theirs> {
  const pairs = Object.entries(table) as [Ours, Theirs][]; // the keys and values of this very table
  const back = new Map<string, Ours>(pairs.map(([ours, theirs]) => [theirs, ours]));
  if (back.size < pairs.length) throw new TypeError("One word stands for two");
  return {
    to: (ours) => table[ours],
    from: (theirs) => back.get(theirs) as Ours, // `Theirs` are the values of the table
    find: (text) => back.get(text),
    theirs: pairs.map(([, theirs]) => theirs),
  };
}
