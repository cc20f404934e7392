import type { Outcome } from "@appointments/core/appointment/appointment";
import { appointmentOutcome, transitionOf } from "@appointments/core/appointment/event";
import { appendToHistory, keyOf, toStoredChange, toStoredEntry } from "@appointments/core/appointment/item";
import type { settleEach as settlingEach } from "@appointments/core/appointment/settle";
import { type Table, updateIf } from "@appointments/core/appointment/table";
import { AppError, toAppError } from "@appointments/core/error";

export * from "@appointments/core/appointment/settle";

export const settleEach: typeof settlingEach = (table, outcomes) =>
  Promise.all(
    outcomes.map(({ data }) =>
      settle(table, data).then(
        () => undefined,
        (error: unknown) => toAppError(error),
      ),
    ),
  );

/** Writes an outcome to its appointment whatever the appointment's status is. */
async function settle(table: Table, outcome: Outcome): Promise<void> {
  const transition = transitionOf(appointmentOutcome(outcome, undefined), outcome);
  const change = "change" in outcome ? outcome.change : undefined;
  const reason = "reason" in outcome ? outcome.reason : change?.kind === "cancel" ? change.reason : undefined;
  const set = [
    "#status = :status",
    "#version = #version + :one",
    "updatedAt = :at",
    "scheduleId = :scheduleId",
    appendToHistory,
    ...(change ? ["#change = :change"] : []),
    ...(reason ? ["#reason = :reason"] : []),
  ];
  const written = await updateIf(table, {
    Key: keyOf(outcome),
    UpdateExpression: `SET ${set.join(", ")} REMOVE pendingShard, retryAt, publishAttempts`,
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: {
      "#status": "status",
      "#version": "version",
      "#history": "history",
      ...(change && { "#change": "change" }),
      ...(reason && { "#reason": "reason" }),
    },
    ExpressionAttributeValues: {
      ":status": outcome.status,
      ":one": 1,
      ":at": outcome.updatedAt,
      ":scheduleId": outcome.scheduleId,
      ":none": [],
      ":transitions": [toStoredEntry(transition)],
      ...(change && { ":change": toStoredChange(change) }),
      ...(reason && { ":reason": reason }),
    },
  });
  if (!written) throw new AppError("appointment_unknown", "No such appointment; find out who sent an outcome for it");
}
