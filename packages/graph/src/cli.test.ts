import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyOfRepository } from "./fixture/trial.ts";
import type { Graph } from "./graph.ts";

const run = promisify(execFile);

let app: Awaited<ReturnType<typeof copyOfRepository>>;
beforeAll(async () => {
  app = await copyOfRepository();
});
afterAll(() => app.remove());

async function graph(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const cli = join(import.meta.dirname, "cli.ts");
  const options = { cwd: app.root, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  return run(process.execPath, [cli, ...args], options).then(
    (output) => ({ status: 0, ...output }),
    ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
  );
}

function addQueue(name: string): void {
  const file = join(app.root, "sst.config.ts");
  const config = readFileSync(file, "utf8");
  writeFileSync(file, config.replace("async run() {", `async run() {\n    new sst.aws.Queue("${name}");`));
}

describe("the real sst.config.ts", () => {
  test("--json prints the whole graph and nothing else", async () => {
    const { status, stdout } = await graph("--stage", "production", "--no-env", "--json");
    expect(status).toBe(0);
    const printed = JSON.parse(stdout) as Graph;
    expect(printed).toMatchObject({ app: "appointments", stage: "production", dev: false });
    expect(printed.functions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["appointment", "appointmentCl", "appointmentPe", "confirmation", "reconcile"]),
    );
    expect(printed.queues.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "SQS_CL",
        "SQS_CL_DLQ",
        "SQS_PE",
        "SQS_PE_DLQ",
        "SQS_CONFIRMATION",
        "SQS_CONFIRMATION_DLQ",
      ]),
    );
    writeFileSync(join(app.root, "before.json"), stdout);
  });

  test("in words it shows what leads where, and no password", async () => {
    const { stdout } = await graph("--stage", "production", "--no-env");
    for (const line of [
      "Api $default → appointment",
      'Requested → SQS_PE  only {"countryISO":["PE"]} · raw · undeliverable → SQS_PE_DLQ',
      "rate(1 minute) → reconcile",
      "SQS_PE → SQS_PE_DLQ after 10 receives",
      "SQS_PE_DLQ-DeadLetters  ApproximateNumberOfMessagesVisible Maximum > 0 · in 60 s · What to look at and what to type: docs/runbook.md#dead-letters",
      "WaitingTooLong  WaitingTooLong Sum > 0 · in 1 of 7 times 600 s ·",
    ]) {
      expect(stdout).toContain(line);
    }
    const { databases } = JSON.parse(readFileSync(join(app.root, "before.json"), "utf8")) as Graph;
    expect(databases.length).toBeGreaterThan(0);
    for (const { password } of databases) expect(stdout).not.toContain(password);
  });

  test("a queue that is added shows up, in the graph, the difference, the types and the picture", async () => {
    expect((await graph("--write")).stdout).toBe("Wrote sst-env.d.ts, docs/graph.md, docs/rules.md.\n");
    expect(await graph("--check")).toMatchObject({ status: 0 });

    addQueue("Extra");
    const { stdout } = await graph("--diff", "before.json", "--stage", "production", "--no-env");
    expect(stdout).toContain("+ aws:sqs/queue:Queue ExtraQueue");
    expect(stdout).toMatch(/^\d+ added, 0 removed, 0 changed$/m);

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

  test("--check finds an edit of what is generated, whatever .env says", async () => {
    await graph("--write");
    writeFileSync(
      join(app.root, ".env"),
      "DATABASE_URL_PE=mysql://u:p@h:3306/d\nDATABASE_URL_CL=mysql://u:p@h:3306/d\n",
    );
    expect(await graph("--check")).toMatchObject({ status: 0 });
    appendFileSync(join(app.root, "docs/graph.md"), "more\n");
    const { status, stderr } = await graph("--check");
    expect(status).toBe(1);
    expect(stderr).toContain("docs/graph.md is out of date");
    expect(stderr).not.toContain("sst-env.d.ts is");
    await graph("--write");
  });

  test("--check finds an edit of the table of who reaches what, and --write mends it", async () => {
    const file = join(app.root, "docs/architecture.md");
    const page = readFileSync(file, "utf8");
    writeFileSync(file, page.replace("endpoint `WayToBus`", "by post"));
    const { status, stderr } = await graph("--check");
    expect(status).toBe(1);
    expect(stderr).toContain("docs/architecture.md is out of date");
    expect((await graph("--write")).stdout).toBe("Wrote docs/architecture.md.\n");
    expect(readFileSync(file, "utf8")).toBe(page);

    writeFileSync(file, page.replace("<!-- /reach -->", ""));
    expect((await graph("--check")).stderr).toContain("docs/architecture.md needs the lines <!-- reach");
    writeFileSync(file, page);
  });

  test("--lint says by the rule's name what a deployment would fail with", async () => {
    const order = await graph("--lint", "--stage", "production", "--no-env");
    expect(order).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ rules find nothing in stage production\.\n$/),
    });

    const file = join(app.root, "sst.config.ts");
    const config = readFileSync(file, "utf8");
    writeFileSync(file, config.replace("windowSeconds: 1", "windowSeconds: 0"));
    const { status, stdout, stderr } = await graph("--lint", "--stage", "production", "--no-env");
    writeFileSync(file, config);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^lambda\.batch-window {2}aws:lambda\/eventSourceMapping:EventSourceMapping SQS_CL/m);
    expect(stderr).toContain("batchSize is 100 with a window of 0 seconds");
    expect(stderr).toContain("https://docs.aws.amazon.com/lambda/");
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

  test("an error in sst.config.ts is told on standard error, with status 1", async () => {
    const file = join(app.root, "sst.config.ts");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace("async run() {", `async run() {\n    throw new Error("broken");`),
    );
    const { status, stdout, stderr } = await graph("--stage", "dev", "--json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/broken\n {2}at sst\.config\.ts:\d+:\d+/);
  });
});
