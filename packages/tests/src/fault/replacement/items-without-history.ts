import { toPendingItem as itemOf } from "@appointments/core/appointment/item";

export * from "@appointments/core/appointment/item";

/** As the first release wrote an item: without a history. */
export const toPendingItem: typeof itemOf = (...args) => {
  const { history: _, ...item } = itemOf(...args);
  return item as ReturnType<typeof itemOf>; // the type is today's
};
