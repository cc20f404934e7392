import { AppError, toAppError } from "../error.ts";
import { log } from "../log.ts";
import { changeableIn, reachedFrom, type Transition, transitionBy } from "./appointment.ts";
import { type AppointmentOutcome, appointmentOutcome, type Outcome } from "./event.ts";
import { keyOf, type Stored } from "./item.ts";
import { getStored } from "./read.ts";
import { type Table, updateIf } from "./table.ts";

/**
 * Writes a country's decision to its appointment.
 *
 * Only from a status that the state machine allows, and only the answer to the change under way, so a repeat or a late
 * message changes nothing; and only to an appointment that exists, so an unknown one makes no ghost. While a `pending`
 * appointment waits to be cancelled, that it was completed meanwhile is kept in its history and moves nothing.
 *
 * Throws `appointment_unknown`, or `appointment_mismatch` when the outcome tells of another slot, country or change;
 * `table_unavailable`.
 *
 * @returns whether this call changed the appointment.
 */
export async function settle(table: Table, outcome: Outcome): Promise<boolean> {
  const event = appointmentOutcome(outcome, undefined);
  const transition = transitionBy(event, outcome.status);
  if (await updateIf(table, settling(event, transition))) return true;
  const stored = await getStored(table, outcome);
  if (!stored) {
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
  if (event.type === "appointment.completed.v1") await note(table, stored, transition);
  return false;
}

/** Whether the outcome answers the newest change, but with another slot than the appointment's. */
function contradicts({ appointment }: Stored, outcome: Outcome): boolean {
  const { change } = appointment;
  if (!("change" in outcome)) return change === undefined && appointment.scheduleId !== outcome.scheduleId;
  if (outcome.change.number !== change?.number) return false;
  if (outcome.change.kind !== change.kind) return true;
  const moved = outcome.change.kind === "reschedule" && outcome.change.status === "completed";
  return (moved ? change.scheduleId : appointment.scheduleId) !== outcome.scheduleId;
}

/** The update that an outcome makes of its appointment, with the condition under which it may. */
function settling({ type, data }: AppointmentOutcome, transition: Transition) {
  const change = "change" in data ? data.change : undefined;
  const reason =
    data.status === "rejected" ? data.reason : data.status === "cancelled" ? data.change.reason : undefined;
  const from = change?.kind === "reschedule" ? changeableIn.reschedule : reachedFrom[data.status];
  const names = from.map((each, index) => [`:from${index}`, each] as const);
  const moved = type === "appointment.rescheduled.v1";
  const set = [
    "#status = :status",
    "#version = #version + :one",
    "updatedAt = :updatedAt",
    appendToHistory,
    ...(reason ? ["#reason = :reason"] : []),
    ...(change ? ["#change = :change"] : []),
    ...(moved ? ["scheduleId = :scheduleId"] : []),
  ];
  // A rejected appointment has nothing to change: a cancel that was under way is without object.
  const remove = ["pendingShard", "retryAt", "publishAttempts", ...(change ? [] : ["#change"])];
  const condition = [
    "attribute_exists(pk)",
    `#status IN (${names.map(([name]) => name).join(", ")})`,
    "countryISO = :countryISO",
    `${moved ? "#change.scheduleId" : "scheduleId"} = :scheduleId`,
    ...(change ? ["#change.#number = :number", "#change.#kind = :kind", "#change.#status = :open"] : []),
    ...(type === "appointment.completed.v1" ? ["attribute_not_exists(#change)"] : []),
  ];
  return {
    Key: keyOf(data),
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
      ":status": data.status,
      ":one": 1,
      ":updatedAt": data.updatedAt,
      ":scheduleId": data.scheduleId,
      ":countryISO": data.countryISO,
      ":none": [],
      ":transitions": [transition],
      ...(reason && { ":reason": reason }),
      ...(change && { ":change": change, ":number": change.number, ":kind": change.kind, ":open": "pending" }),
      ...Object.fromEntries(names),
    },
  };
}

/** Part of a SET. An item of an earlier version has no history. */
export const appendToHistory = "#history = list_append(if_not_exists(#history, :none), :transitions)";

/** Keeps in the history, once, that the appointment was completed before it was cancelled, if the cancel was told first. */
async function note(table: Table, { appointment, history }: Stored, transition: Transition): Promise<void> {
  const { status, change } = appointment;
  const overtaken = change?.kind === "cancel" && (status === "pending" || status === "cancelled");
  if (!overtaken || history.some(({ eventId }) => eventId === transition.eventId)) return;
  const noted = await updateIf(table, {
    Key: keyOf(appointment),
    UpdateExpression: `SET ${appendToHistory}`,
    ConditionExpression: "size(#history) = :length",
    ExpressionAttributeNames: { "#history": "history" },
    ExpressionAttributeValues: { ":none": [], ":transitions": [transition], ":length": history.length },
  });
  if (!noted) throw new AppError("table_unavailable", "The history changed meanwhile; try again");
}

/** Writes each outcome to its appointment, each by itself. */
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
