import { fromItem, keyOf, type Stored } from "./appointment.item.ts";
import type { Appointment } from "./appointment.ts";
import { getItem, type Table } from "./table.ts";

/** One appointment with what the item keeps beside it, or `undefined`. Strongly consistent. */
export async function getStored(
  table: Table,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Stored | undefined> {
  const stored = await getItem(table, keyOf(key));
  return stored === undefined ? undefined : fromItem(stored);
}
