import { join } from "node:path";
import { run } from "@appointments/ops/run";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type MysqlProxy, startMysqlProxy } from "../fault/mysql/proxy.ts";
import { replacementsOf } from "../fault/replacement.ts";
import { embedsMessaging } from "../fidelity/targets/programs.ts";
import { graphOf, ofType, only } from "../graph/stage.ts";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { followLink, queueAlarm } from "./runbook.ts";
import { eventually, startTestSystem, type TestSystem } from "./system.ts";

/*
 * The day it happens, from the alarm to the end of it. The alarm is production's, read from the graph; what is typed
 * stands in the runbook and nowhere here.
 */
describe("from the alarm to the runbook to the redrive", () => {
  const replacements = new Map<string, string>();
  let proxy: MysqlProxy;
  let system: TestSystem;
  let operator: ReturnType<typeof operatorOf>;
  let slot = 9500;
  let alarm: ReturnType<typeof queueAlarm>;
  /** The alarm's queue, by its name in sst.config.ts. */
  let queue: string;
  /** Where what is dropped is kept. */
  let file: string;

  beforeAll(async () => {
    const production = await graphOf("production");
    const queueOf = (name: string) =>
      only(
        production.queues.filter((it) => it.name === name),
        name,
      );
    const found = ofType(production, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(
      ({ inputs }) => (inputs.dimensions as { QueueName?: string }).QueueName === queueOf("SQS_CL_DLQ").queueName,
    );
    alarm = queueAlarm(only(found, "alarm on the dead letters of Chile"));
    queue = only(
      production.queues.filter(({ queueName }) => queueName === alarm.queueName),
      "queue of the alarm",
    ).name;

    const server = process.env.TEST_MYSQL_URL ?? "";
    proxy = await startMysqlProxy(server);
    vi.stubEnv("DATABASE_URL_PE", server);
    vi.stubEnv("DATABASE_URL_CL", proxy.url);
    system = await startTestSystem({ replacements });
    operator = operatorOf(system);
    file = join(system.dataDir, "dropped.jsonl");
    // Only a redrive brings anything to its end here.
    system.gateway.faults.add([{ function: "reconcile", service: "sns", fault: "fail-before", times: 1_000_000 }]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    operator?.close();
    await system?.remove();
    await proxy?.close();
  });

  const urlOf = (name: string) => system.state.queues[name]?.url ?? "";
  async function rings(): Promise<boolean> {
    const asked = { QueueUrl: urlOf(queue), AttributeNames: [alarm.attribute] };
    const { Attributes } = await operator.sqs.getQueueAttributes(asked);
    const value = Attributes?.[alarm.attribute];
    if (value === undefined) throw new Error(`${queue} has no ${alarm.attribute}`);
    return alarm.breaches(Number(value));
  }
  async function type(command: string) {
    const out: string[] = [];
    const terminal = { out: (text: string) => out.push(text), note: () => {}, confirm: async () => true };
    const code = await run([...command.split(/\s+/), "--data", system.dataDir], terminal, {});
    return { code, out: out.join("\n") };
  }

  /** Follows the page as it stands. `mend` is called when the page says what to do, before what it says is typed. */
  async function follow(mend: () => Promise<void>) {
    const page = await followLink(alarm.link);
    const typed: { command: string; code: number; out: string }[] = [];
    let id = "";
    let cause = "";
    let advice = "";
    for (const line of page.commands) {
      const does = /^dlq (redrive|drop|resend)\b/.exec(line)?.[1];
      if (does !== undefined) {
        // A dead letter is put back or dropped: what its cause asks for.
        if (!advice.includes(does)) continue;
        await mend();
      }
      const command = line.replace("QUEUE", queue).replace("MESSAGE_ID", id).replace("dropped.jsonl", file);
      const { code, out } = await type(command);
      typed.push({ command: line, code, out });
      if (line.startsWith("dlq list")) id = /^([0-9a-f-]{36}) /m.exec(out)?.[1] ?? "";
      if (line.startsWith("dlq show")) {
        cause = /^cause +(.+?): /m.exec(out)?.[1] ?? "";
        advice = page.adviceOn(cause) ?? "";
      }
    }
    return { typed, cause, advice };
  }

  /** The alarm rings, and the source has forgotten the message: it is deleted only after its letter is sent. */
  async function deadAndDone(): Promise<void> {
    await eventually("the alarm rings", async () => ((await rings()) ? true : undefined));
    const source = queue.replace("_DLQ", "");
    await operator.drained(source);
  }

  /** As often as SQS lets it be received, with no wait between. */
  async function receivedToTheEnd(): Promise<void> {
    const source = queue.replace("_DLQ", "");
    const since = system.logged.length;
    const batches = () =>
      system.logged
        .slice(since)
        .filter(({ message, queue: name, failed }) => message === "batch.done" && name === source && failed === 1)
        .length;
    for (let receive = 1; !(await rings()); receive++) {
      await eventually(`receive ${receive}`, () => (batches() >= receive ? true : undefined));
      await operator.release(source);
    }
  }

  const deploy = (release: ReadonlyMap<string, string>) => async () => {
    replacements.clear();
    for (const [module, other] of release) replacements.set(module, other);
    await system.functions.get("appointmentCl")?.reload();
  };

  const walks = [
    {
      what: "a message of a version that the consumer does not read",
      breaks: deploy(replacementsOf("reads-another-version")),
      mend: deploy(replacementsOf()),
      cause: "event_version_unknown",
    },
    {
      what: "a database that is away whenever the message comes",
      breaks: async () => proxy.arm("", "cut-before", Number.POSITIVE_INFINITY),
      dies: receivedToTheEnd,
      mend: async () => proxy.disarm(),
      cause: "database_unavailable",
    },
  ];
  test.each(walks.filter(({ dies }) => dies === undefined || embedsMessaging))(
    "$what",
    { timeout: 120_000 },
    async ({ breaks, dies, mend, cause }) => {
      const api = clientOf(system);
      expect(await rings()).toBe(false);
      await breaks();
      const booked = await api.book({ insuredId: "00301", scheduleId: ++slot, countryISO: "CL" });
      await dies?.();
      await deadAndDone();
      expect(await type("reconcile --grace 0")).toMatchObject({ code: 1 });

      const walked = await follow(async () => {
        expect((await api.read(booked)).status).toBe("pending");
        await mend();
      });
      expect(walked).toMatchObject({ cause, advice: expect.stringContaining("redrive") });
      expect(walked.typed.map(({ command, code }) => [command, code])).toEqual([
        [expect.stringMatching(/^queues/), 0],
        [expect.stringMatching(/^dlq list/), 0],
        [expect.stringMatching(/^dlq show/), 0],
        [expect.stringMatching(/^dlq redrive/), 0],
        [expect.stringMatching(/^reconcile/), 0],
      ]);
      const [queues, list, , redrive, reconcile] = walked.typed.map(({ out }) => out);
      expect(queues).toMatch(/^SQS_CL +0 +0 +0 +1 /m);
      expect(list).toContain(booked.appointmentId);
      expect(redrive).toContain("1 redriven");
      expect(reconcile).toContain("0 differ");

      expect((await api.decided(booked)).status).toBe("completed");
      expect(await rings()).toBe(false);
      expect(await operator.depth(queue)).toBe(0);
      expect(await type("reconcile --grace 0")).toMatchObject({ code: 0, out: expect.stringContaining("0 differ") });
    },
  );

  test("a message that is worthless: dropped, and put back from the file", async () => {
    expect(await rings()).toBe(false);
    await operator.send(queue.replace("_DLQ", ""), ["{ not json"]);
    await deadAndDone();
    const walked = await follow(async () => {});
    expect(walked).toMatchObject({ cause: "message_not_json", advice: expect.stringContaining("drop") });
    const commands = walked.typed.map(({ command, code }) => `${command.split(" ").slice(0, 2).join(" ")} ${code}`);
    expect(commands).toEqual(["queues 0", "dlq list 0", "dlq show 0", "reconcile 0", "dlq drop 0"]);
    expect(await rings()).toBe(false);

    const { commands: all } = await followLink(alarm.link);
    const resend = all.find((line) => line.startsWith("dlq resend")) ?? "";
    expect(await type(resend.replace("dropped.jsonl", file))).toMatchObject({ code: 0 });
    await deadAndDone();
  });

  test("no insured person is in any log after all that", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});
