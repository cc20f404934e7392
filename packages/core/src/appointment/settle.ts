import { AppError, toAppError } from "../error.ts";
import { log } from "../log.ts";
import { changeableIn, type Outcome, reachedFrom, type Transition } from "./appointment.ts";
import { expiryOf, wasErased } from "./erased.ts";
import { type AppointmentOutcome, appointmentOutcome, transitionOf } from "./event.ts";
import { appendToHistory, keyOf, type Stored, toStoredChange, toStoredEntry } from "./item.ts";
import { getStored } from "./read.ts";
import { storedChangeStatus, storedKind, storedReason, storedStatus } from "./stored.ts";
import { type Table, updateIf } from "./table.ts";

/** Writes each outcome to its appointment, each by itself; returns for each, in order, its error, or nothing. */
export const settleEach = (table: Table, outcomes: AppointmentOutcome[]): Promise<(AppError | undefined)[]> =>
  Promise.all(
    outcomes.map(async ({ data, traceparent }) => {
      try {
        const changed = await settle(table, data);
        const { appointmentId, countryISO, status } = data;
        const happened = changed ? "appointment.settled" : "appointment.settled_before";
        log.info(happened, { appointmentId, countryISO, status, traceparent });
        return undefined;
      } catch (error) {
        return toAppError(error);
      }
    }),
  );

/**
 * Writes a country's decision to its appointment.
 *
 * Only from a status that the state machine allows, and only the answer to the change under way, so a repeat or a late
 * message changes nothing; and only to an appointment that exists, so an unknown one makes no ghost. While a `pending`
 * appointment waits to be cancelled, that it was completed meanwhile is kept in its history and moves nothing.
 *
 * An outcome for an appointment whose person was erased is done. Throws `appointment_unknown`, or `appointment_mismatch` when the outcome is of another slot, country or change;
 * `table_unavailable`.
 *
 * @returns whether this call changed the appointment.
 */
export async function settle(table: Table, outcome: Outcome): Promise<boolean> {
  const transition = transitionOf(appointmentOutcome(outcome, undefined), outcome);
  if (await updateIf(table, settling(outcome, transition))) return true;
  const stored = await getStored(table, outcome);
  if (!stored) {
    // Buried, the outcome would keep the person for as long as dead letters are kept.
    if (await wasErased(table, outcome.appointmentId)) return false;
    throw new AppError("appointment_unknown", "No such appointment; find out who sent an outcome for it");
  }
  const number = "change" in outcome ? outcome.change.number : 0;
  const newest = stored.appointment.change?.number ?? 0;
  if (stored.appointment.countryISO !== outcome.countryISO || number > newest || contradicts(stored, outcome)) {
    throw new AppError(
      "appointment_mismatch",
      "The outcome is for another slot, country or change than the appointment's",
    );
  }
  if (isCompletion(outcome)) await note(table, stored, transition);
  return false;
}

/** Whether the outcome completes the booking, and no change of it. */
const isCompletion = (outcome: Outcome): boolean => outcome.status === "completed" && !("change" in outcome);

/** Whether the outcome moves the appointment to the slot that a reschedule asked for. */
const isMove = (outcome: Outcome): boolean =>
  "change" in outcome && outcome.change.kind === "reschedule" && outcome.change.status === "completed";

/** Whether the outcome answers the newest change, but with another slot than the appointment's. */
function contradicts({ appointment }: Stored, outcome: Outcome): boolean {
  const { change } = appointment;
  if (!("change" in outcome)) return change === undefined && appointment.scheduleId !== outcome.scheduleId;
  if (outcome.change.number !== change?.number) return false;
  if (outcome.change.kind !== change.kind) return true;
  return (isMove(outcome) ? change.scheduleId : appointment.scheduleId) !== outcome.scheduleId;
}

/** The update of the appointment's item, with the condition under which it may happen. */
function settling(outcome: Outcome, transition: Transition) {
  const change = "change" in outcome ? outcome.change : undefined;
  const reason = "reason" in outcome ? outcome.reason : change?.kind === "cancel" ? change.reason : undefined;
  const heldBy = "heldBy" in outcome ? outcome.heldBy : undefined;
  const from = change?.kind === "reschedule" ? changeableIn.reschedule : reachedFrom[outcome.status];
  const names = from.map((each, index) => [`:from${index}`, storedStatus.to(each)] as const);
  const moved = isMove(outcome);
  const set = [
    "#status = :status",
    "#version = #version + :one",
    "updatedAt = :updatedAt",
    "expiresAt = :expiresAt",
    appendToHistory,
    ...(reason ? ["#reason = :reason"] : []),
    ...(heldBy ? ["heldBy = :heldBy"] : []),
    ...(change ? ["#change = :change"] : []),
    ...(moved ? ["scheduleId = :scheduleId"] : []),
  ];
  // A rejected appointment has nothing to change: a cancel that was under way has no object.
  const remove = ["pendingShard", "retryAt", "publishAttempts", ...(change ? [] : ["#change"])];
  const condition = [
    "attribute_exists(pk)",
    `#status IN (${names.map(([name]) => name).join(", ")})`,
    "countryISO = :countryISO",
    `${moved ? "#change.scheduleId" : "scheduleId"} = :scheduleId`,
    ...(change ? ["#change.#number = :number", "#change.#kind = :kind", "#change.#status = :open"] : []),
    ...(isCompletion(outcome) ? ["attribute_not_exists(#change)"] : []),
  ];
  return {
    Key: keyOf(outcome),
    UpdateExpression: `SET ${set.join(", ")} REMOVE ${remove.join(", ")}`,
    ConditionExpression: condition.join(" AND "),
    ExpressionAttributeNames: {
      "#status": "status",
      "#version": "version",
      "#history": "history",
      "#change": "change",
      ...(reason && { "#reason": "reason" }),
      ...(change && { "#number": "number", "#kind": "kind" }),
    },
    ExpressionAttributeValues: {
      ":status": storedStatus.to(outcome.status),
      ":one": 1,
      ":updatedAt": outcome.updatedAt,
      ":expiresAt": expiryOf(outcome.countryISO, outcome.updatedAt),
      ":scheduleId": outcome.scheduleId,
      ":countryISO": outcome.countryISO,
      ":none": [],
      ":transitions": [toStoredEntry(transition)],
      ...(reason && { ":reason": storedReason.to(reason) }),
      ...(heldBy && { ":heldBy": heldBy }),
      ...(change && {
        ":change": toStoredChange(change),
        ":number": change.number,
        ":kind": storedKind.to(change.kind),
        ":open": storedChangeStatus.to("pending"),
      }),
      ...Object.fromEntries(names),
    },
  };
}

/** Keeps in the history, once, that the appointment was completed before it was cancelled, when the cancel arrives first. */
async function note(table: Table, { appointment, history }: Stored, transition: Transition): Promise<void> {
  const { status, change } = appointment;
  const overtaken = change?.kind === "cancel" && (status === "pending" || status === "cancelled");
  if (!overtaken || history.some(({ eventId }) => eventId === transition.eventId)) return;
  const noted = await updateIf(table, {
    Key: keyOf(appointment),
    UpdateExpression: `SET ${appendToHistory}`,
    ConditionExpression: "size(#history) = :length",
    ExpressionAttributeNames: { "#history": "history" },
    ExpressionAttributeValues: {
      ":none": [],
      ":transitions": [toStoredEntry(transition)],
      ":length": history.length,
    },
  });
  if (!noted) throw new AppError("table_unavailable", "The history changed meanwhile; try again");
}
