import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../testing/services.ts";
import { archiveArn, busArn, fixtureGraph } from "../../testing/shop.ts";
import { createArchives } from "./archive.ts";
import { createReplays } from "./replay.ts";
import type { DeliverEvents } from "./rule.ts";

const graph = fixtureGraph();
const log = () => {};
const minutes = 3;

/** Replays of an archive that holds one event in each of three minutes, to rules that do as told. */
async function replaysWith(deliver: DeliverEvents) {
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const archives = createArchives({ graph, folder, log });
  const replays = createReplays({ graph, archives, deliver, log });
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  for (let minute = 0; minute < minutes; minute++) {
    const fields = { id: String(minute), time: new Date(now - minute * 60_000).toISOString() };
    await archives.keep(busArn, [{ fields, envelope: JSON.stringify(fields) }]);
  }
  const ask = (action: string, params: Record<string, unknown>) => {
    const common = {
      service: "events",
      accessKeyId: "K",
      protocol: "json",
      body: Buffer.alloc(0),
      headers: {},
    } as const;
    const answer = replays.serve({ ...common, action, params });
    return JSON.parse(String(answer?.body));
  };
  ask("StartReplay", {
    ReplayName: "it",
    EventSourceArn: archiveArn,
    EventStartTime: 0,
    EventEndTime: Date.now() / 1000 + 60,
    Destination: { Arn: busArn },
  });
  return { ...replays, ask, state: () => ask("DescribeReplay", { ReplayName: "it" }) };
}

test("a replay that is cancelled ends after the minute it is at", async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let delivered = 0;
  const { ask, state } = await replaysWith(async (_, events) => {
    delivered += events.length;
    await held;
    return events.map(() => undefined);
  });
  await eventually(() => delivered === 1 && state().State === "RUNNING");
  expect(ask("CancelReplay", { ReplayName: "it" })).toMatchObject({ State: "CANCELLING" });
  go();
  await eventually(() => state().State === "CANCELLED");
  expect(delivered).toBe(1);
});

test("an event that a target does not take is delivered again; a replay whose target never answers fails and reports why", async () => {
  let refused = 2;
  const some = await replaysWith(async (_, events) => events.map(() => (refused-- > 0 ? "away" : undefined)));
  await eventually(() => some.state().State === "COMPLETED");
  const none = await replaysWith(async (_, events) => events.map(() => "away for good"));
  expect(await eventually(() => none.state().State === "FAILED" && none.state())).toMatchObject({
    StateReason: "away for good",
    ReplayEndTime: expect.any(Number),
  });
});

test("a gateway that stops ends its replays", async () => {
  let tries = 0;
  const { stop, state } = await replaysWith(async (_, events) => {
    tries++;
    return events.map(() => "away");
  });
  await eventually(() => tries > 0);
  await stop();
  expect(["FAILED", "CANCELLED"]).toContain(state().State);
});
