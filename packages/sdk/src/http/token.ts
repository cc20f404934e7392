/**
 * A bearer token, or a function that gets one. It is called when there is none yet and, with the token that was refused, once after a
 * 401; between the two its token is kept.
 */
export type Token = string | ((refused?: string) => string | Promise<string>);

export interface Tokens {
  current(): Promise<string>;
  /** Another token after a 401; `undefined` when there is no other. Of calls that are refused at once only the first asks. */
  after(refused: string): Promise<string> | undefined;
}

export function tokensOf(token: Token): Tokens {
  if (typeof token === "string") return { current: async () => token, after: () => undefined };
  let known: Promise<string> | undefined;
  const ask = (refused?: string): Promise<string> => {
    const asked = (async () => token(refused))();
    known = asked;
    // A provider that failed is asked again by the next call.
    asked.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked;
  };
  const current = () => known ?? ask();
  return {
    current,
    async after(refused) {
      const now = known;
      // Somebody else's 401 may have brought a new one in the meantime.
      if (now !== undefined && (await now) !== refused) return now;
      return known === now ? ask(refused) : current();
    },
  };
}
