/**
 * The secret with which the API seals the cursors of its lists: made once and kept in the state of the stage. Another
 * `cursorSecret` of the stage's settings makes another one; then lists that somebody is reading begin anew.
 */
export function cursorSecret({ cursorSecret: keeper }: { cursorSecret: string }) {
  const secret = new random.RandomPassword("CursorSecretValue", {
    length: 43,
    special: false,
    keepers: { cursorSecret: keeper },
  });
  return new sst.Linkable("CursorSecret", { properties: { value: secret.result } });
}
