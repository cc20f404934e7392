import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { eventually, startTestSystem, type TestSystem } from "../../integration/system.ts";
import { type Campaign, openCampaign } from "../campaign.ts";
import { loggedSince, outage, runUnder } from "../mysql/outage.ts";
import { type MysqlProxy, startMysqlProxy } from "../mysql/proxy.ts";
import { type MysqlServer, startMysqlServer } from "../mysql/server.ts";
import { long } from "../results.ts";

// Much of a run is waiting until something is given up.
vi.setConfig({ testTimeout: 180_000 });

/* What no proxy can play: the server itself crashes, turns read-only, is full, or locks. */
describe("a MySQL server of its own", () => {
  let server: MysqlServer;
  let proxy: MysqlProxy;
  let system: TestSystem;
  let campaign: Campaign;
  const connections: Connection[] = [];
  beforeAll(async () => {
    server = await startMysqlServer();
    proxy = await startMysqlProxy(server.functionsUrl);
    vi.stubEnv("DATABASE_URL_PE", proxy.url);
    vi.stubEnv("DATABASE_URL_CL", proxy.url);
    system = await startTestSystem();
    campaign = openCampaign(system, { beforeCheck: () => proxy.disarm() });
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.destroy();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    campaign?.close();
    await system?.remove();
    await proxy?.close();
    await server?.remove();
  });

  async function connect(name?: string): Promise<Connection> {
    const connection = await server.connect(name);
    // Ended from the other side, when the server crashes.
    connection.on("error", () => {});
    connections.push(connection);
    return connection;
  }
  const databaseOf = (country: string) => new URL(system.state.databases[country] ?? "").pathname.slice(1);

  const crashes = [
    { verb: "insert", moment: "answered" },
    { verb: "insert", moment: "sent" },
    { verb: "select", moment: "sent" },
    { verb: "update", moment: "answered" },
    { verb: "update", moment: "sent" },
  ] as const;
  test.each(long ? crashes : crashes.slice(0, 1))(
    "it is killed when its $verb was $moment, and starts again",
    async ({ verb, moment }) => {
      let over = async (): Promise<unknown> => undefined;
      proxy.watch(verb, moment, () => {
        const crashed = server.crash().then(() => outage(system, "database_unavailable", server.restart));
        over = async () => (await crashed).over();
      });
      const name = `server: ${verb} ${moment}`;
      const run = { verb: name, fault: "kill -9 and restart", hits: proxy.hits, over: () => over() };
      expect(await runUnder(campaign, run)).toEqual([]);
    },
  );

  test.runIf(long)("it turns read-only, breaks all connections, and can be written to again", async () => {
    const admin = await connect();
    await admin.query("set global read_only = 1");
    proxy.cut();
    const refused = outage(system, "ER_OPTION_PREVENTS_STATEMENT", () => admin.query("set global read_only = 0"));
    const run = { verb: "server", fault: "read_only = 1 (1290)", hits: refused.seen, over: refused.over };
    expect(await runUnder(campaign, run)).toEqual([]);
  });

  test.runIf(long)("it has no connection free", async () => {
    const admin = await connect();
    await admin.query("set global max_connections = 10");
    proxy.cut();
    await fill();
    const full = outage(system, "ER_CON_COUNT_ERROR", async () => {
      await admin.query("set global max_connections = 200");
    });
    const run = { verb: "server", fault: "max_connections reached (1040)", hits: full.seen, over: full.over };
    expect(await runUnder(campaign, run)).toEqual([]);
  });

  /** Opens connections until there is none left for anybody. */
  async function fill(): Promise<void> {
    for (let count = 0; count < 30; count++) {
      const error = await connect().then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (error) return;
    }
    throw new Error("The server takes more connections than it was told to");
  }

  test.runIf(long)("another transaction holds all rows, and statements wait for longer than they may", async () => {
    const admin = await connect();
    await admin.query("set global innodb_lock_wait_timeout = 1");
    proxy.cut();
    const rivals = await Promise.all(["PE", "CL"].map((country) => connect(databaseOf(country))));
    for (const rival of rivals) {
      await rival.beginTransaction();
      await rival.query("select * from appointment for update");
    }
    const waited = outage(system, "ER_LOCK_WAIT_TIMEOUT", async () => {
      for (const rival of rivals) await rival.rollback();
      await admin.query("set global innodb_lock_wait_timeout = 50");
    });
    const run = { verb: "server", fault: "a rival's lock (1205)", hits: waited.seen, over: waited.over };
    expect(await runUnder(campaign, run)).toEqual([]);
  });

  test("another transaction and a batch lock each other out", { timeout: 300_000 }, async () => {
    const deadlocks = loggedSince(system, "ER_LOCK_DEADLOCK");
    const hits = () => deadlocks().length;
    // Only a batch that holds both slots can be met; on a busy machine its messages may come one by one.
    let found: string[] = [];
    for (let attempt = 1; attempt === 1 || (attempt <= 3 && hits() === 0); attempt++) {
      const crossed = crossOnce();
      found = await runUnder(campaign, {
        verb: "server",
        fault: "a rival's deadlock (1213)",
        hits,
        over: () => crossed,
      });
      if (hits() > 0) expect(found).toEqual([]);
    }
    expect(found).toEqual([]);
  });

  /** Takes the last slot of the next run's batch, and its first one when the batch waits for the last. */
  async function crossOnce(): Promise<void> {
    const slot = campaign.nextSlot();
    const [admin, rival] = [await connect(), await connect(databaseOf("CL"))];
    const take = (scheduleId: number) =>
      rival.query(
        `insert into appointment (id, insured_id, schedule_id, status, version, created_at, updated_at)
         values (uuid(), '99999', ?, 'completed', 2, now(3), now(3))`,
        [scheduleId],
      );
    // With more rows written than the batch has, it is the batch that the server gives up.
    await rival.beginTransaction();
    for (let other = 0; other < 20; other++) await take(2_000_000_000 + other);
    await take(slot + 4);
    await eventually("the batch waits", async () => {
      // InnoDB makes this table anew only when nobody has read it for a tenth of a second.
      await admin.query("do sleep(0.2)");
      const [rows] = await admin.query("select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");
      return Array.isArray(rows) && rows.length > 0 ? true : undefined;
    })
      .then(() => take(slot))
      .catch(() => undefined) // the batch was not met, or it was the rival that was given up
      .then(() => rival.rollback());
  }
});
