/** A value at the end of a path in an event. */
export type Leaf = string | number | boolean | null;
export type Matches = (value: Leaf) => boolean;

/**
 * One item of the list that a pattern holds for a field. `absent`: it asks for the field not to be there. `wildcards`:
 * the texts with wildcards in it, from which its cost is counted.
 */
export type Matcher = { matches: Matches; wildcards?: string[] } | { absent: true };
