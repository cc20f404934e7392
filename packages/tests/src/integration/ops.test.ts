import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { run } from "@appointments/ops/run";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { embedsMessaging } from "../fidelity/targets/programs.ts";
import { eventOf } from "../kit/event.ts";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { root } from "../repository.ts";
import { type AppointmentBody, clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { followLink, opsCommands } from "./runbook.ts";
import { eventually, startTestSystem, type TestSystem } from "./system.ts";

/* What an operator does on the day it happens, on the whole local system. */
describe("npm run ops", () => {
  let system: TestSystem;
  let api: ReturnType<typeof clientOf>;
  let operator: ReturnType<typeof operatorOf>;
  let slot = 9000;
  beforeAll(async () => {
    system = await startTestSystem();
    api = clientOf(system);
    operator = operatorOf(system);
  });
  afterEach(() => system?.gateway.faults.clear());
  afterAll(async () => {
    operator?.close();
    await system?.remove();
  });

  async function ops(line: string, data = ["--data", system.dataDir]) {
    const out: string[] = [];
    const note: string[] = [];
    const terminal = { out: (text: string) => out.push(text), note: (text: string) => note.push(text) };
    const code = await run([...line.split(" "), ...data], terminal, {});
    return { code, out: out.join("\n"), note: note.join("\n") };
  }
  const bookUnheard = async (insuredId: string): Promise<AppointmentBody> => {
    system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 100 }]);
    const booked = await api.book({ insuredId, scheduleId: ++slot, countryISO: "PE" });
    system.gateway.faults.clear();
    return booked;
  };
  const dead = (queue: string, count: number) =>
    eventually(`${count} in ${queue}`, async () => ((await operator.depth(queue)) === count ? true : undefined));
  /** A decided appointment whose item is as it was before the country's answer, and the answer. */
  const unheardOutcome = async (insuredId: string) => {
    const booked = await bookUnheard(insuredId);
    const item = await operator.item(booked);
    if (!item) throw new Error("No item");
    await operator.reconcileNow(booked);
    const completed = await api.decided(booked);
    return { booked, item, outcome: eventOf("completed", completed, { source: "pe", time: completed.updatedAt }) };
  };

  test("poison: queues counts it, dlq list names its cause, a redrive brings it back, drop keeps it in a file", async () => {
    await operator.send("SQS_PE", ["{ not json 00042"]);
    await dead("SQS_PE_DLQ", 1);
    expect(JSON.parse((await ops("queues --json")).out)).toContainEqual(
      expect.objectContaining({ queue: "SQS_PE", visible: 0, dead: 1 }),
    );
    const listed = await ops("dlq list SQS_PE --json");
    const [first] = JSON.parse(listed.out);
    expect(first.cause).toMatch(/^message_not_json: /);
    const shown = await ops(`dlq show SQS_PE ${first.messageId}`);
    expect(shown.out).not.toContain("00042");

    expect(await ops("dlq redrive SQS_PE")).toMatchObject({ code: 0, out: expect.stringContaining("1 redriven") });
    const again = await eventually("it is back", async () => {
      const [letter] = JSON.parse((await ops("dlq list SQS_PE --json")).out);
      return letter && letter.messageId !== first.messageId ? letter : undefined;
    });
    expect(again.cause).toBe(first.cause);

    const file = join(system.dataDir, "dropped.jsonl");
    expect((await ops("dlq drop SQS_PE --yes")).code).toBe(2);
    expect((await ops(`dlq drop SQS_PE --yes --file ${file}`)).code).toBe(0);
    await dead("SQS_PE_DLQ", 0);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ queue: "SQS_PE", body: "{ not json 00042" });
  });

  test("an item is lost and restored: the commands say so at each step, and a redrive heals it", async () => {
    const { booked, item, outcome } = await unheardOutcome("00201");
    expect(await ops(`appointment ${booked.appointmentId}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining("agree"),
    });

    await operator.lose(booked);
    await operator.put(outcome);
    await dead("SQS_CONFIRMATION_DLQ", 1);
    expect((await ops("dlq list SQS_CONFIRMATION")).out).toContain("appointment_unknown: ");
    const lost = await ops(`appointment ${booked.appointmentId}`);
    expect(lost.code).toBe(1);
    expect(lost.out).toContain("item missing");
    expect(lost.out).toContain("SQS_CONFIRMATION_DLQ");
    expect(lost.out).not.toContain(booked.insuredId);
    expect(await ops("reconcile --repair --grace 0 --wait 1")).toMatchObject({
      code: 1,
      out: expect.stringContaining("item missing"),
    });

    await operator.restore(item);
    expect((await ops("dlq redrive SQS_CONFIRMATION --rate 5/s")).code).toBe(0);
    expect((await api.decided(booked)).status).toBe("completed");
    expect((await ops("reconcile --grace 0")).code).toBe(0);
  });

  test("reconcile finds what differs and repairs it: requests again, publishes again", async () => {
    const { booked: behind, item } = await unheardOutcome("00202");
    await operator.restore(item);
    const unasked = await bookUnheard("00203");

    expect(await ops("reconcile")).toMatchObject({ code: 0, out: expect.stringContaining("under way") });
    const found = await ops("reconcile --country PE --grace 0 --json");
    expect(found.code).toBe(1);
    const kinds = JSON.parse(found.out).findings.map((each: Record<string, string>) => [
      each.appointmentId,
      each.kind,
      each.remedy,
    ]);
    expect(new Map(kinds.map(([id, ...rest]: string[]) => [id, rest]))).toEqual(
      new Map([
        [behind.appointmentId, ["status differs", "publish again"]],
        [unasked.appointmentId, ["undecided", "request again"]],
      ]),
    );
    expect((await ops("reconcile --country CL --grace 0")).code).toBe(0);
    const waiting = await ops(`appointment ${unasked.appointmentId} --queues`);
    expect(waiting).toMatchObject({ code: 1, out: expect.stringContaining("undecided") });

    expect(await ops("reconcile --repair --grace 0")).toMatchObject({
      code: 0,
      out: expect.stringContaining("2 repaired"),
    });
    for (const appointment of [behind, unasked]) expect((await api.read(appointment)).status).toBe("completed");
  });

  test("what only a person can decide is shown and left as it is", async () => {
    const { booked } = await unheardOutcome("00204");
    const { booked: other } = await unheardOutcome("00205");
    const item = await operator.item(booked);
    if (!item) throw new Error("No item");
    await operator.restore({ ...item, scheduleId: other.scheduleId });
    const { code, out } = await ops("reconcile --repair --grace 0 --wait 1");
    expect(code).toBe(1);
    expect(out).toContain("slot differs");
    expect(out).toContain("slot held twice");
    expect(out).toContain("needs a person");
    expect((await api.read(booked)).scheduleId).toBe(other.scheduleId);
    await operator.restore(item);
    expect((await ops("reconcile --grace 0")).code).toBe(0);
  });

  test.runIf(embedsMessaging)(
    "replay, as the runbook has it: an outcome that an item has lost is published again",
    async () => {
      const since = `${new Date().toISOString().slice(0, 19)}Z`; // the time of an event has no milliseconds
      const { booked, item } = await unheardOutcome("00207");
      await operator.restore(item);
      system.gateway.faults.add([{ function: "reconcile", service: "sns", fault: "fail-before", times: 1_000_000 }]);

      expect((await ops(`replay --since 2000-01-01 --until ${since}`)).code).toBe(0);
      expect((await ops("reconcile --grace 0")).out).toContain("status differs");

      const [replay = "", reconcile = ""] = (await followLink("docs/runbook.md#replay")).commands;
      const replayed = await ops(`${replay.replace("TIME", since)} --json`);
      expect(replayed).toMatchObject({ code: 0, note: expect.stringContaining("COMPLETED") });
      const told = JSON.parse(replayed.out);
      expect(told).toMatchObject({ state: "COMPLETED", lastReplayedAt: expect.any(String) });
      const rules = system.graph.rules.filter(({ name }) => name === "DecidedRule").map(({ arn }) => arn);
      expect((await operator.replay(told.replay)).Destination?.FilterArns).toEqual(rules);
      expect((await api.decided(booked)).status).toBe("completed");
      expect(await ops(`${reconcile} --grace 0`)).toMatchObject({ code: 0, out: expect.stringContaining("0 differ") });
      expect(await operator.depth("SQS_CONFIRMATION_DLQ")).toBe(0);
    },
  );

  test("a database that is away: the rest of an appointment is shown, and that its row is not known", async () => {
    const { booked } = await unheardOutcome("00206");
    const dataDir = await mkdtemp(join(system.dataDir, "away-"));
    const databases = { ...system.state.databases, PE: "mysql://nobody:none@127.0.0.1:1/none" };
    await writeFile(join(dataDir, "system.json"), JSON.stringify({ ...system.state, databases }));
    const { code, out, note } = await ops(`appointment ${booked.appointmentId} --insured 00206 --data ${dataDir}`, []);
    expect(code).toBe(1);
    expect(out).toContain("completed");
    expect(out).toContain("its row is not known");
    expect(note).toContain("The database of PE cannot be read: database_unavailable");
  });

  describe("on a stage", () => {
    let lambda: Server;
    let env: Record<string, string>;
    beforeAll(async () => {
      lambda = await invokeEndpoint(system);
      const { gateway, queues, tables, topics, buses } = system.state;
      // The databases are in a VPC: nothing here reaches them but by their functions.
      const unreachable = { url: "mysql://nobody:none@127.0.0.1:1/none" };
      const links = {
        App: { name: "medical-appointments", stage: "trial" },
        Appointments: tables.Appointments,
        Requested: topics.Requested,
        Bus: buses.Bus,
        DatabasePe: unreachable,
        DatabaseCl: unreachable,
        lookupPe: { name: "trial-lookupPe" },
        lookupCl: { name: "trial-lookupCl" },
        ...queues,
      };
      env = {
        PATH: process.env.PATH ?? "",
        AWS_ENDPOINT_URL: gateway.url,
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`, // it listens on TCP
        AWS_REGION: gateway.region,
        AWS_ACCESS_KEY_ID: gateway.accessKeyId,
        AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
        ...Object.fromEntries(
          Object.entries(links).map(([name, value]) => [`SST_RESOURCE_${name}`, JSON.stringify(value)]),
        ),
      };
    });
    afterAll(() => lambda?.close());
    /** `sst shell` with one program in it for many commands: what it costs to start is paid once. */
    function openShell() {
      const program = `
        import { createInterface } from "node:readline";
        import { run } from "@appointments/ops/run";
        for await (const line of createInterface({ input: process.stdin })) {
          const [out, note] = [[], []];
          const code = await run(line.split(" "), { out: (text) => out.push(text), note: (text) => note.push(text) });
          console.log(JSON.stringify({ code, out: out.join("\\n"), note: note.join("\\n") }));
        }`;
      const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        cwd: join(root, "packages/tests"),
        env,
        stdio: ["pipe", "pipe", "inherit"],
      });
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        run: async (line: string): Promise<{ code: number; out: string; note: string }> => {
          child.stdin.write(`${line}\n`);
          const { value, done } = await answers.next();
          if (done) throw new Error(`The shell has ended at ${line}`);
          return JSON.parse(value);
        },
        close: () => child.stdin.end(),
      };
    }

    test.runIf(embedsMessaging)(
      "every command of the runbook works in an SST shell",
      { timeout: 180_000 },
      async () => {
        const since = `${new Date().toISOString().slice(0, 19)}Z`;
        const { booked } = await unheardOutcome("00208");
        await operator.send("SQS_PE", ["{ not json"]);
        await dead("SQS_PE_DLQ", 1);
        const file = join(system.dataDir, "on-stage.jsonl");
        const shell = openShell();
        const commands = await opsCommands("docs/runbook.md");
        const verbs = ["queues", "dlq", "appointment", "reconcile", "replay"];
        expect(verbs.filter((verb) => !commands.some((command) => command.startsWith(verb)))).toEqual([]);
        for (const command of commands) {
          // What is sent back is consumed, and comes back, before the next command looks.
          await dead("SQS_PE_DLQ", command.startsWith("dlq resend") ? 0 : 1);
          const [letter] = command.includes("MESSAGE_ID")
            ? JSON.parse((await shell.run("dlq list SQS_PE --json")).out)
            : [];
          const line = command
            .replace("QUEUE", "SQS_PE")
            .replace("MESSAGE_ID", letter?.messageId)
            .replace("APPOINTMENT_ID", booked.appointmentId)
            .replace("TIME", since)
            .replace("dropped.jsonl", file)
            .replace("dlq drop", "dlq drop --yes")
            .replace("reconcile", "reconcile --grace 0");
          expect(await shell.run(line), line).toMatchObject({
            code: 0,
            note: expect.stringContaining("On stage trial"),
          });
        }
        shell.close();
        await dead("SQS_PE_DLQ", 1);
        await ops(`dlq drop SQS_PE --yes --file ${join(system.dataDir, "rest.jsonl")}`);
      },
    );

    test("a function that fails is named, and nothing of its message is shown", async () => {
      const broken = { ...env, SST_RESOURCE_lookupCl: JSON.stringify({ name: "trial-confirmation" }) };
      const args = ["packages/ops/src/cli.ts", "reconcile", "--country", "CL"];
      const failed = promisify(execFile)(process.execPath, args, { cwd: root, env: broken });
      await expect(failed).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^database_unavailable: trial-confirmation failed with \w+; its log says more$/m),
      });
    });
  });

  test("no insured person is in any log after all that", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});

/** Lambda's Invoke for the functions of a local system, under the names that they have on stage `trial`. */
async function invokeEndpoint({ functions }: TestSystem): Promise<Server> {
  const server = createServer(async (request, response) => {
    const name = /^\/2015-03-31\/functions\/trial-([^/]+)\/invocations$/.exec(request.url ?? "")?.[1] ?? "";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const result = await functions.get(name)?.invoke(JSON.parse(Buffer.concat(chunks).toString()));
    if (result === undefined) {
      response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" }).end("{}");
      return;
    }
    response.writeHead(200, result.ok ? {} : { "x-amz-function-error": "Unhandled" });
    response.end(
      JSON.stringify(result.ok ? result.payload : { errorType: result.errorType, errorMessage: result.errorMessage }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
