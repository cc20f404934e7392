import { expect, test } from "vitest";
import { tokensOf } from "./token.ts";

/** A provider that counts what it gives out, and remembers what it was called with. */
function counting() {
  const refused: (string | undefined)[] = [];
  const provider = async (token?: string) => `token-${refused.push(token)}`;
  return { refused, provider };
}

test("a token that is text is all there is", async () => {
  const tokens = tokensOf("fixed");
  expect(await tokens.current()).toBe("fixed");
  expect(tokens.after("fixed")).toBeUndefined();
});

test("a provider is called once for all calls, and again with the token that was refused", async () => {
  const { refused, provider } = counting();
  const tokens = tokensOf(provider);
  expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(["token-1", "token-1"]);
  expect(await tokens.after("token-1")).toBe("token-2");
  expect(await tokens.current()).toBe("token-2");
  expect(refused).toEqual([undefined, "token-1"]);
});

test("calls that are refused at once get one new token between them", async () => {
  const { refused, provider } = counting();
  const tokens = tokensOf(provider);
  await tokens.current();
  const others = await Promise.all([tokens.after("token-1"), tokens.after("token-1"), tokens.after("token-1")]);
  expect(others).toEqual(["token-2", "token-2", "token-2"]);
  expect(await tokens.after("token-1")).toBe("token-2");
  expect(refused).toEqual([undefined, "token-1"]);
});

test("a provider that fails is asked again by the next call", async () => {
  let calls = 0;
  const tokens = tokensOf(() => {
    if (calls++ === 0) throw new Error("signed out");
    return "late";
  });
  await expect(tokens.current()).rejects.toThrow("signed out");
  expect(await tokens.current()).toBe("late");
});
