import { appointmentOutcome } from "@appointments/core/appointment/appointment.event";
import { transitionBy } from "@appointments/core/appointment/appointment.history";
import { keyOf } from "@appointments/core/appointment/appointment.item";
import { appendToHistory, type settle as settling } from "@appointments/core/appointment/appointment.settle";
import { updateIf } from "@appointments/core/appointment/table";
import { AppError } from "@appointments/core/error";

export * from "@appointments/core/appointment/appointment.settle";

/** Writes an outcome to its appointment whatever the appointment's status is. */
export const settle: typeof settling = async (table, outcome) => {
  const transition = transitionBy(appointmentOutcome(outcome, undefined), outcome.status);
  const change = "change" in outcome ? outcome.change : undefined;
  const reason = "reason" in outcome ? outcome.reason : change && "reason" in change ? change.reason : undefined;
  const set = ["#status = :status", "#version = #version + :one", "updatedAt = :at", "scheduleId = :scheduleId"];
  const written = await updateIf(table, {
    Key: keyOf(outcome),
    UpdateExpression: `SET ${[...set, appendToHistory, ...(change ? ["#change = :change"] : []), ...(reason ? ["#reason = :reason"] : [])].join(", ")} REMOVE pendingShard, retryAt, publishAttempts`,
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
      ":transitions": [transition],
      ...(change && { ":change": change }),
      ...(reason && { ":reason": reason }),
    },
  });
  if (!written) throw new AppError("appointment_unknown", "No such appointment; find out who sent an outcome for it");
  return true;
};
