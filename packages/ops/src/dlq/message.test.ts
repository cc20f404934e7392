import { expect, test } from "vitest";
import { withoutPersonal } from "./message.ts";

const id = "01a20bae-ed3d-759d-8035-0cf391eea023";

test("what is ours is shown, the insured is not, also inside EventBridge's envelope", () => {
  const data = { appointmentId: id, insuredId: "00042", scheduleId: 100, countryISO: "PE" };
  const event = { specversion: "1.0", subject: id, type: "appointment.completed.v1", data };
  expect(JSON.parse(withoutPersonal(JSON.stringify({ "detail-type": event.type, detail: event })))).toEqual({
    "detail-type": event.type,
    detail: { ...event, data: { ...data, insuredId: "•••" } },
  });
});

test.each([
  ["not JSON", "Maria Quispe 00042"],
  ["a member that we do not know", '{"Maria":"Quispe","data":{"00042":1}}'],
  ["a known member with another content", '{"status":"Maria Quispe","id":"00042","version":"Maria"}'],
  ["a list", '{"data":["Maria",{"insuredId":"00042"}]}'],
  ["a bare value", '"Maria"'],
  ["a prototype's name", '{"constructor":"Maria","__proto__":"00042"}'],
])("%s stays hidden", (_, body) => {
  expect(withoutPersonal(body)).not.toMatch(/Maria|Quispe|00042/);
});
