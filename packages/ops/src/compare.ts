import type { Appointment } from "@appointments/core/appointment/appointment";
import { isErased, type Row, statusOf } from "@appointments/core/country/row";

/** How the two stores can differ about one appointment. */
export type Kind =
  | "row missing"
  | "item missing"
  | "status differs"
  | "slot differs"
  | "booking differs"
  | "erasure unfinished"
  | "undecided";

export interface Difference {
  kind: Kind;
  /** For people; names statuses, slots and numbers, no person. */
  detail: string;
  /** What heals it without a decision of a person: the request again, or the row's outcome again. */
  remedy?: "request again" | "publish again";
}

/**
 * What differs between an appointment's item and its row; nothing when they agree. Versions are not compared: a decision
 * that overtakes another leaves them apart for good.
 *
 *     item         change asked      row                           difference                   remedy
 *     pending      none              none                          undecided                    request again
 *     pending      cancel            none, or not yet applied      undecided                    request again
 *     completed    any               there, not yet applied        undecided                    request again
 *     pending      none              decided                       status differs               publish again
 *     any          any               applied (or rejected)         status differs               publish again
 *     decided                        none                          row missing                  a person
 *     there                          names nobody                  erasure unfinished           person erase again
 *     terminal, or nothing asked     another status                status differs               a person
 */
export function compare(item: Appointment | undefined, row: Row | undefined): Difference | undefined {
  // A row whose person was erased has no item any more; before the end of an erasure it still has.
  if (row && isErased(row))
    return item && { kind: "erasure unfinished", detail: "the row names nobody, the item does" };
  if (!item) return row && { kind: "item missing", detail: `the row is ${statusOf(row)}, there is no item` };
  const asked = item.change?.status === "pending" ? item.change : undefined;
  if (!row) {
    if (item.status === "pending") return { kind: "undecided", detail: "no row yet", remedy: "request again" };
    return { kind: "row missing", detail: `the item is ${item.status}, there is no row` };
  }
  if (item.insuredId !== row.insuredId || item.createdAt !== row.createdAt.toISOString()) {
    return { kind: "booking differs", detail: "insured or time of creation are not the same" };
  }
  if (asked) return compareAsked(item, asked, row);
  if (item.status !== statusOf(row)) {
    const detail = `the item is ${item.status}, the row ${statusOf(row)}`;
    const missed = item.status === "pending" && row.changes === 0;
    return { kind: "status differs", detail, ...(missed && { remedy: "publish again" }) };
  }
  if (item.scheduleId !== row.scheduleId) {
    return { kind: "slot differs", detail: `the item has slot ${item.scheduleId}, the row ${row.scheduleId}` };
  }
  return undefined;
}

function compareAsked(item: Appointment, asked: NonNullable<Appointment["change"]>, row: Row): Difference {
  const what = `${asked.kind} ${asked.number}`;
  if (row.changes > asked.number) {
    return { kind: "status differs", detail: `the item waits for ${what}, the row is at change ${row.changes}` };
  }
  // A rejected row applies no change: the answer to the cancel is the rejection.
  const answered = row.changes === asked.number || statusOf(row) === "rejected";
  return answered
    ? {
        kind: "status differs",
        detail: `the item is ${item.status} and waits for ${what}, the row is ${statusOf(row)} and has answered`,
        remedy: "publish again",
      }
    : { kind: "undecided", detail: `${what} is not applied to the row`, remedy: "request again" };
}
