import { afterAll, describe, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { openAudit } from "../audit.ts";
import { openCampaign } from "../campaign.ts";
import { long } from "../results.ts";

/** Minutes by which each function's clock goes wrong; 0 when not named. */
type Skew = Partial<Record<"appointment" | "appointmentPe" | "appointmentCl" | "confirmation" | "reconcile", number>>;

/** Both ways: decisions from the past, and from the future. */
const skews: Skew[] = [
  { appointment: 10, appointmentPe: -10, appointmentCl: 2, confirmation: 3, reconcile: -30 },
  { appointment: -10, appointmentPe: 10, appointmentCl: -20, confirmation: -3, reconcile: 30 },
  { appointment: 60, appointmentPe: 60, reconcile: -60 },
];

interface Transition {
  cause: string;
  eventId: string;
  at: string;
}

describe("functions whose clocks differ by minutes", () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  test.each(long ? skews : skews.slice(0, 1))("%j", { timeout: 180_000 }, async (skew) => {
    const clockOffsetsMs = Object.fromEntries(
      Object.entries(skew).map(([name, minutes]) => [name, minutes * 60_000] as const),
    );
    const system = await startTestSystem({ clockOffsetsMs });
    closing.push(system.remove);
    const campaign = openCampaign(system);
    const { violations } = await campaign.run();
    campaign.close();
    expect(violations).toEqual([]);
    expect(await disorder(system)).toEqual([]);
  });
});

/** What is told before its cause, and appointments whose last change is earlier than what went before. */
async function disorder(system: TestSystem): Promise<string[]> {
  const audit = openAudit(system);
  const everybody = Array.from({ length: 10_000 }, (_, index) => `0${String(index).padStart(4, "0")}`);
  const items = await audit.items(new Set(everybody));
  audit.close();
  const found = items.map(async ({ appointmentId, insuredId, updatedAt, createdAt }) => {
    const response = await system.call(`/appointments/${insuredId}/${appointmentId}/history`);
    const { items: history } = (await response.json()) as { items: Transition[] };
    const place = (eventId: string) => history.findIndex((it) => it.eventId === `${appointmentId}.${eventId}`);
    const early = history.flatMap(({ eventId }, index) => {
      const [, fact = "", number] = eventId.split(".");
      const asked = fact.startsWith("cancelled") ? "cancel" : "reschedule";
      const cause =
        number === undefined
          ? "requested"
          : fact === "cancel" || fact === "reschedule"
            ? "requested"
            : `${asked}.${number}`;
      return place(cause) > index ? [`${fact} is told before ${cause}`] : [];
    });
    return [
      ...early,
      ...(updatedAt < createdAt ? ["changed before it was made"] : []),
      ...history.filter(({ at }) => at > updatedAt).map(({ cause }) => `last changed before it was ${cause}`),
    ].map((what) => `${what}: ${appointmentId}`);
  });
  expect(items.length).toBeGreaterThan(3);
  return (await Promise.all(found)).flat();
}
