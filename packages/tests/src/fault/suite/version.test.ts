import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@appointments/ops/run";
import { createConnection } from "mysql2/promise";
import { afterEach, describe, expect, test } from "vitest";
import { eventually, ownDatabases, sharedServers, startTestSystem, type TestSystem } from "../../integration/system.ts";
import { openAudit } from "../audit.ts";
import type { Seen } from "../checker.ts";
import { replacementsOf } from "../replacement.ts";
import { type Told, witness } from "../scenario.ts";

describe("a stage is deployed while messages of another version are in flight", () => {
  let stage: Awaited<ReturnType<typeof openStage>> | undefined;
  afterEach(async () => {
    await stage?.remove();
    stage = undefined;
  });

  test("what an older release booked, asked and told is decided by today's; its items can be changed", {
    timeout: 240_000,
  }, async () => {
    stage = await openStage();
    const { client, audit: first } = await stage.deploy(replacementsOf("items-without-history", "only-peru-listens"));
    await undoLaterMigrations(stage.system().state.databases.CL ?? "");
    const told: Told[] = [];
    // Two ask for each slot, in both countries; and one whose request nobody hears.
    for (let index = 0; index < 8; index++) {
      for (const country of ["PE", "CL"]) {
        const booked = await client.book(`0${1000 + index}`, 1 + Math.floor(index / 2), country, `${country}-${index}`);
        if (booked) told.push(booked);
      }
    }
    stage.system().gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 3 }]);
    await client.book("01008", 9, "PE");
    const inFlight = async (queue: string) => ((await first.operator.depth(queue)) === 8 ? true : undefined);
    await eventually("PE has told, and nobody listens", () => inFlight("SQS_CONFIRMATION"), 60_000);
    await eventually("CL is asked, and does not listen", () => inFlight("SQS_CL"), 60_000);
    expect((await first.items(stage.insured())).map(({ status }) => status)).toEqual(Array(17).fill("pending"));

    const { client: again, audit } = await stage.deploy(replacementsOf());
    // A client that had no answer repeats its request to the new release.
    expect(await again.book("01000", 1, "PE", "PE-0")).toMatchObject({ appointmentId: told[0]?.appointmentId });
    expect(await stage.violations()).toEqual([]);
    const live = (await audit.items(stage.insured())).filter(({ status }) => status === "completed");
    expect(live).toHaveLength(9);
    const [moved, ...others] = live;
    if (moved) await again.change(moved, "reschedule", { scheduleId: 20 });
    for (const other of others) await again.change(other, "cancel");
    expect(await stage.violations()).toEqual([]);
    const ends = (await audit.items(stage.insured())).map(({ status }) => status);
    expect(ends.filter((status) => status === "cancelled")).toHaveLength(8);
    expect(audit.deadLetters()).toEqual([]);
  });

  test("what a newer release asks waits as a dead letter for its consumer; what it tells and nobody lets through is told again", {
    timeout: 240_000,
  }, async () => {
    stage = await openStage();
    const { client, audit: first } = await stage.deploy(replacementsOf("newer-events"));
    const unread = await client.book("01001", 1, "CL");
    const untold = await client.book("01002", 1, "PE");
    await eventually("the consumer of today gives it up", () => first.deadLetters()[0], 60_000);
    expect(first.deadLetters()).toMatchObject([
      { queue: "SQS_CL_DLQ", cause: expect.stringMatching(/^event_version_unknown: .*deploy.*redrive/) },
    ]);
    const system = stage.system();
    await eventually("PE has decided", async () => (await system.rows("PE"))[0], 60_000);
    await eventually("PE has told", async () => ((await first.operator.depth("SQS_PE")) === 0 ? true : undefined));
    expect((await first.items(stage.insured())).map(({ status }) => status)).toEqual(["pending", "pending"]);

    const { audit } = await stage.deploy(replacementsOf("newer-commands"));
    expect(await redrive(stage.system(), "SQS_CL")).toContain("1 redriven");
    const insured = stage.insured();
    await eventually("the redrive has healed it", async () => {
      const items = await audit.items(insured);
      return items.find(
        ({ appointmentId, status }) => appointmentId === unread?.appointmentId && status === "completed",
      );
    });
    expect(await stage.violations()).toEqual([]);
    expect(audit.deadLetters()).toEqual([]);
    const ends = new Map(
      (await audit.items(stage.insured())).map(({ appointmentId, status }) => [appointmentId, status]),
    );
    expect(ends).toEqual(new Map([unread, untold].map((each) => [each?.appointmentId, "completed"])));
  });
});

/** Chile's database as the first migration made it, for the next release to migrate. */
async function undoLaterMigrations(url: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query(
    "alter table appointment drop column held_by, drop column refused_schedule_id, drop column changes",
  );
  const [done] = await connection.query("delete from __drizzle_migrations order by id desc limit 2");
  expect(done).toMatchObject({ affectedRows: 2 });
  await connection.end();
}

/** `npm run ops -- dlq redrive QUEUE`, on the system that runs. */
async function redrive(system: TestSystem, queue: string): Promise<string> {
  const out: string[] = [];
  const terminal = { out: (text: string) => void out.push(text), note: () => {} };
  expect(await run(["dlq", "redrive", queue, "--data", system.dataDir], terminal, {})).toBe(0);
  return out.join("\n");
}

/** One stage, to which one version after the other is deployed; its clients' account is kept over all of them. */
async function openStage() {
  const dataDir = await mkdtemp(join(tmpdir(), "appointments-version-"));
  const databases = await ownDatabases(sharedServers());
  const history: Seen[] = [];
  let current: { system: TestSystem; audit: ReturnType<typeof openAudit> } | undefined;
  const insured = () => new Set(history.map(({ insuredId }) => insuredId));
  const running = () => current ?? expect.unreachable("nothing is deployed");
  async function stop(): Promise<void> {
    current?.audit.close();
    await current?.system.stop();
    current = undefined;
  }
  return {
    insured,
    system: () => running().system,
    async deploy(replacements: ReadonlyMap<string, string>) {
      await stop();
      const system = await startTestSystem({ replacements, dataDir, databases });
      current = { system, audit: openAudit(system) };
      return { client: witness(system, history), audit: current.audit };
    },
    async violations(): Promise<string[]> {
      const { audit } = running();
      await audit.drain(insured());
      const logs = (await readFile(join(dataDir, "log.jsonl"), "utf8")).split("\n");
      return audit.violations({ insured: insured(), history, logs });
    },
    async remove(): Promise<void> {
      await stop();
      await databases.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
