import type { Item } from "./checker.ts";
import type { Told } from "./scenario.ts";

/** Who asks for what in the scenario; undefined whose request was not accepted. */
export interface Cast {
  /** Two for one slot, in Peru. */
  first?: Told | undefined;
  second?: Told | undefined;
  /** The same slot in Chile, later moved to the next one. */
  abroad?: Told | undefined;
  /** Has a slot that the suitor then asks for. */
  holder?: Told | undefined;
  suitor?: Told | undefined;
  /** Cancels before it is decided; comes later. */
  hasty?: Told | undefined;
}

/** `completed`, `rejected schedule_taken`. */
export const asWords = (item: Pick<Item, "status" | "reason"> | undefined): string =>
  item ? `${item.status} ${item.reason ?? ""}`.trim() : "not there";

const lookup = (items: Item[]) => (told: Told | undefined) =>
  items.find(({ appointmentId }) => appointmentId === told?.appointmentId);

const unheard = (names: readonly (keyof Cast)[], cast: Cast): string[] => {
  const missing = names.filter((name) => cast[name] === undefined);
  return missing.map((name) => `1 unheard: the request of the ${name} was not accepted`);
};

/** Which of the two got the slot, and which did not. */
export function winnerOf(cast: Cast, items: Item[]) {
  const find = lookup(items);
  const pair = [cast.first, cast.second];
  const winner = pair.find((told) => find(told)?.status === "completed");
  return { winner, loser: pair.find((told) => told !== winner) };
}

/**
 * What countries must have decided before anything is changed: of the two for one slot exactly one is completed and the
 * other rejected because it is taken; whoever asked for a free slot has it.
 *
 * @returns violations in words
 */
export function checkDecisions(cast: Cast, items: Item[]): string[] {
  const find = lookup(items);
  const two = [cast.first, cast.second].map((told) => asWords(find(told))).toSorted();
  const one = two[0] === "completed" && two[1] === "rejected schedule_taken";
  return [
    ...unheard(["first", "second", "abroad", "holder", "suitor"], cast),
    ...(one ? [] : [`2 one slot: of the two who asked for it, one is ${two[0]}, the other ${two[1]}`]),
    ...(["abroad", "holder", "suitor"] as const).flatMap((name) => {
      const found = asWords(find(cast[name]));
      const has = cast[name] === undefined || found === "completed";
      return has ? [] : [`2 free slot: the ${name} asked for it and is ${found}`];
    }),
  ];
}

/**
 * What must be in the end, after the winner has cancelled, the one abroad has moved, the suitor has asked for the holder's
 * slot, and everything has come once more.
 *
 * @param slot the first of the scenario
 * @returns violations in words
 */
export function checkEnds(
  cast: Cast,
  { winner, loser }: ReturnType<typeof winnerOf>,
  items: Item[],
  slot: number,
): string[] {
  const find = lookup(items);
  const expected = [
    ["the winner", winner, "cancelled", 0],
    ["the loser", loser, "rejected schedule_taken", 0],
    ["the one abroad", cast.abroad, "completed", 1],
    ["the holder", cast.holder, "completed", 3],
    ["the suitor", cast.suitor, "completed", 4],
    ["the hasty one", cast.hasty, "cancelled", 2],
  ] as const;
  const wrong = expected.flatMap(([name, told, end, offset]) => {
    const item = find(told);
    const place = item && item.scheduleId - slot;
    return item === undefined || (asWords(item) === end && place === offset)
      ? []
      : [`2 end: ${name} is ${asWords(item)} at slot ${place}, not ${end} at slot ${offset}`];
  });
  const { status, reason } = find(cast.suitor)?.change ?? {};
  const refused = cast.suitor === undefined || (status === "rejected" && reason === "schedule_taken");
  return [
    ...unheard(["hasty"], cast),
    ...wrong,
    ...(refused ? [] : [`2 taken slot: who asked for it got the answer ${JSON.stringify({ status, reason })}`]),
  ];
}
