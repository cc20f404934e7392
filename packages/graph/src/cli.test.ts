import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { trialApp } from "./fixture/trial.ts";
import type { Graph } from "./graph.ts";

const run = promisify(execFile);

const shop = ({ window = "1 second", more = "" } = {}) => `
    const dlq = new sst.aws.Queue("Orders_DLQ", {
      transform: { queue: { messageRetentionSeconds: 1209600, redriveAllowPolicy: undefined } },
    });
    const orders = new sst.aws.Queue("Orders", { visibilityTimeout: "60 seconds", dlq: { queue: dlq.arn, retry: 5 } });
    const pack = new sst.aws.Function("pack", { handler: "src/pack.handler", link: [orders] });
    orders.subscribe(pack.arn, { batch: { size: 100, window: "${window}", partialResponses: true } });
    const vpc = new sst.aws.Vpc("Vpc");
    new sst.aws.Mysql("Store", { vpc, version: "8.4.6", username: "shop", database: "shop" });
    new aws.cloudwatch.MetricAlarm("Lost", {
      namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold", threshold: 0, period: 60, evaluationPeriods: 1,
      alarmDescription: "See the runbook", dimensions: { QueueName: "orders" },
    });
${more}`;

const config = {
  stages: [{ kind: "production", stage: "production", dev: false, env: {} }],
  reach: { calls: "calls.txt", page: "docs/reach.md" },
};

let app: Awaited<ReturnType<typeof trialApp>>;
beforeAll(async () => {
  app = await trialApp(shop());
});
afterAll(() => app.remove());
beforeEach(() => app.configure(shop()));

async function graph(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const cli = join(import.meta.dirname, "cli.ts");
  const options = { cwd: app.root, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  return run(process.execPath, [cli, ...args], options).then(
    (output) => ({ status: 0, ...output }),
    ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
  );
}

async function printed(...args: string[]): Promise<{ graph: Graph; json: string }> {
  const { stdout } = await graph("--stage", "production", "--no-env", "--json", ...args);
  return { graph: JSON.parse(stdout) as Graph, json: stdout };
}

describe("an app with a sst.config.ts and nothing else", () => {
  test("--json prints the whole graph and nothing else", async () => {
    const { graph: all } = await printed();
    expect(all).toMatchObject({ app: "trial", stage: "production", dev: false });
    expect(all.functions.map(({ name }) => name)).toEqual(["pack"]);
    expect(all.queues.map(({ name }) => name)).toEqual(["Orders", "Orders_DLQ"]);
    const passwords = all.resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
    expect(passwords.map(({ outputs }) => outputs.result)).toEqual(["(hidden)"]);
    expect(all.databases.map(({ password }) => password)).toEqual(["(hidden)"]);
  });

  test("in words it shows what leads where, and no password", async () => {
    const { stdout } = await graph("--stage", "production", "--no-env");
    for (const line of [
      "Orders → Orders_DLQ after 5 receives",
      "Orders → pack  up to 100 within 1 s · partial batch responses",
      "Lost  ApproximateNumberOfMessagesVisible Maximum > 0 · in 60 s · See the runbook",
    ]) {
      expect(stdout).toContain(line);
    }
    const { databases } = (await printed()).graph;
    expect(databases).toHaveLength(1);
    for (const { password } of databases) expect(stdout).not.toContain(password);
  });

  test("a queue that is added shows up in the difference", async () => {
    app.write("before.json", (await printed()).json);
    app.configure(shop({ more: `    new sst.aws.Queue("Extra");` }));
    const { stdout } = await graph("--diff", "before.json", "--stage", "production", "--no-env");
    expect(stdout).toContain("+ aws:sqs/queue:Queue ExtraQueue");
    expect(stdout).toMatch(/^\d+ added, 0 removed, 0 changed$/m);
  });

  test("--write writes what is generated, --check reports it out of date once a queue is added", async () => {
    expect((await graph("--write")).stdout).toBe("Wrote sst-env.d.ts, docs/graph.md, docs/rules.md.\n");
    app.configure(shop({ more: `    new sst.aws.Queue("Extra");` }));
    const drifted = await graph("--check");
    expect(drifted.status).toBe(1);
    expect(drifted.stderr).toContain("sst-env.d.ts is out of date: line ");
    expect(drifted.stderr).toContain("docs/graph.md is out of date: line ");
    expect(drifted.stderr).toContain("Run `npm run graph -- --write`");

    await graph("--write");
    expect(await graph("--check")).toMatchObject({ status: 0 });
    expect(readFileSync(join(app.root, "sst-env.d.ts"), "utf8")).toContain(
      '    "Extra": {\n      "type": "sst.aws.Queue"',
    );
    expect(readFileSync(join(app.root, "docs/graph.md"), "utf8")).toContain("Extra<br>SQS");
  });

  test("--check finds an edit of a generated file, with any .env", async () => {
    await graph("--write");
    app.write(".env", "GREETING=hello\n");
    expect(await graph("--check")).toMatchObject({ status: 0 });
    appendFileSync(join(app.root, "docs/graph.md"), "more\n");
    const { status, stderr } = await graph("--check");
    expect(status).toBe(1);
    expect(stderr).toContain("docs/graph.md is out of date");
    expect(stderr).not.toContain("sst-env.d.ts is");
    await graph("--write");
  });

  test("--lint names the rule that a deployment would break", async () => {
    expect(await graph("--lint", "--stage", "production", "--no-env")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ rules find nothing in stage production\.\n$/),
    });
    expect((await graph("--lint")).stdout).toMatch(/^\d+ rules find nothing in production, personal\.\n$/);

    app.configure(shop({ window: "0 seconds" }));
    const { status, stdout, stderr } = await graph("--lint", "--stage", "production", "--no-env");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^lambda\.batch-window {2}aws:lambda\/eventSourceMapping:EventSourceMapping Orders/m);
    expect(stderr).toContain("batchSize is 100 with a window of 0 seconds");
    expect(stderr).toContain("https://docs.aws.amazon.com/lambda/");
  });
});

describe("an app with a configuration", () => {
  const page = () => readFileSync(join(app.root, "docs/reach.md"), "utf8");
  const withConfig = (...args: string[]) => graph("--config", "tools.mjs", ...args);
  beforeAll(async () => {
    app.write("tools.mjs", `export default ${JSON.stringify(config)};`);
    app.write("calls.txt", "pack sqs:ReceiveMessage Orders\n");
    app.write("docs/reach.md", "# Reach\n\n<!-- reach: made by `npm run graph -- --write` -->\n<!-- /reach -->\n");
    await withConfig("--write");
  });

  test("--lint without a stage checks the kinds of stage that it names", async () => {
    expect((await withConfig("--lint")).stdout).toMatch(/ rules find nothing in production\.\n$/);
  });

  test("--write puts the recorded calls on the page, --check finds an edit of it", async () => {
    expect(page()).toContain("| `pack` | sqs:ReceiveMessage | `Orders` | Lambda's poller, outside the VPC |");
    const written = page();
    writeFileSync(join(app.root, "docs/reach.md"), written.replace("Lambda's poller", "post"));
    expect(await withConfig("--check")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("docs/reach.md is out of date"),
    });
    expect((await withConfig("--write")).stdout).toBe("Wrote docs/reach.md.\n");
    expect(page()).toBe(written);
  });

  test("a page without the markers, and a configuration of another shape, are refused", async () => {
    const written = page();
    writeFileSync(join(app.root, "docs/reach.md"), written.replace("<!-- /reach -->", ""));
    expect((await withConfig("--check")).stderr).toContain("docs/reach.md needs the lines <!-- reach");
    writeFileSync(join(app.root, "docs/reach.md"), written);
    app.write("wrong.mjs", "export default { stages: [{ kind: 7 }] };");
    expect((await graph("--config", "wrong.mjs", "--lint")).stderr).toContain("wrong.mjs is no configuration");
  });
});

describe("the command line", () => {
  test.each([
    [[], "Which stage?"],
    [["--stage"], "argument missing"],
    [["--stage", "dev", "--everything"], "Unknown option '--everything'"],
    [["dev"], "Unexpected argument 'dev'"],
    [["--json", "--write"], "--json and --write exclude each other"],
    [["--lint", "--check"], "--lint and --check exclude each other"],
    [["--diff"], "--diff takes two files"],
    [["--diff", "missing.json", "--stage", "dev"], "missing.json cannot be read"],
    [["--diff", "package.json", "package.json"], "cannot be read"],
  ])("%j is refused with a word on why", async (args, message) => {
    const { status, stdout, stderr } = await graph(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("--help");
  });

  test("--help explains every option", async () => {
    const { status, stdout } = await graph("--help");
    expect(status).toBe(0);
    for (const option of [
      "--stage",
      "--dev",
      "--json",
      "--write",
      "--check",
      "--lint",
      "--diff",
      "--no-env",
      "--no-cache",
    ]) {
      expect(stdout).toContain(option);
    }
  });

  test("an error in sst.config.ts goes to standard error, with status 1", async () => {
    app.configure(`    throw new Error("broken");`);
    const { status, stdout, stderr } = await graph("--stage", "dev", "--json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/broken\n {2}at sst\.config\.ts:\d+:\d+/);
  });
});
