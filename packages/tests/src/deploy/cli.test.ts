import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GraphResource } from "@appointments/graph/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphOf } from "../graph/stage.ts";
import { root } from "../repository.ts";
import { startCli } from "./cli.ts";

type Cli = Awaited<ReturnType<typeof startCli>>;

/* What SST's own CLI does of a deployment where there is no AWS account. */
describe("without credentials", () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await startCli();
  });
  afterAll(() => cli?.stop());

  test("it is the pinned version", async () => {
    const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    expect((await cli.run("version")).output.trim()).toBe(`sst ${devDependencies.sst}`);
  });

  test.each(["deploy", "diff", "remove"])(
    "sst %s takes the configuration and stops at the credentials",
    async (command) => {
      const { status, output } = await cli.run(command, "--stage", "production");
      expect(status).toBe(1);
      expect(output).toContain("AWS credentials are not configured");
    },
  );

  test("a broken configuration is reported before that", async () => {
    const config = await readFile(join(root, "sst.config.ts"), "utf8");
    await cli.copy.write(
      "sst.config.ts",
      config.replace("app(input) {", `app(input) {\n    throw new Error("no such app");`),
    );
    const { status, output } = await cli.run("diff", "--stage", "production", "--print-logs");
    await cli.copy.write("sst.config.ts", config);
    expect(status).toBe(1);
    expect(output).not.toContain("AWS credentials");
    expect(output).toContain("no such app");
  });
});

describe("in an empty account", () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await startCli({ account: true });
  });
  afterAll(() => cli?.stop());

  test("a secret is set, kept encrypted, listed and removed", async () => {
    const value = "mysql://app:hunter2@db.example.pe:3306/citas";
    expect(await cli.run("secret", "set", "DATABASE_URL_PE", value, "--stage", "someone")).toMatchObject({ status: 0 });
    const stored = [...(cli.bootstrap?.objects.values() ?? [])].map(String).join();
    expect(stored.length).toBeGreaterThan(0);
    expect(stored).not.toContain("hunter2");
    expect((await cli.run("secret", "list", "--stage", "someone")).output).toContain(`DATABASE_URL_PE=${value}`);
    expect(await cli.run("secret", "remove", "DATABASE_URL_PE", "--stage", "someone")).toMatchObject({ status: 0 });
    expect((await cli.run("secret", "list", "--stage", "someone")).output).not.toContain("hunter2");
  });

  test("sst diff makes of sst.config.ts, in its own bundle and with its own builds, the graph that everything here rests on", async () => {
    const { status, output } = await cli.run("diff", "--stage", "production", "--print-logs");
    expect(output).toContain("starting pulumi");
    expect(status, output).toBe(0);
    const { resources, config } = JSON.parse(await readFile(cli.recordTo, "utf8")) as {
      resources: GraphResource[];
      config: Record<string, string>;
    };
    expect(config["aws:defaultTags"]).toBe(`{"tags":{"sst:app":"appointments","sst:stage":"production"}}`);
    expect([config["aws:region"], config["aws:allowedAccountIds"]]).toEqual(["us-east-1", '["123456789012"]']);
    const graph = await graphOf("production");
    expect(comparable(resources, cli.copy.root)).toEqual(comparable(graph.resources, root));
  }, 120_000);
});

/**
 * A resource a line, without what is random in a real name, without paths, and without what only a built function has: a
 * hash of its code and a map of its sources.
 */
function comparable(resources: GraphResource[], folder: string): string[] {
  return resources
    .filter(({ name }) => !/Sourcemap\d+$/.test(name))
    .map(({ type, name, urn, parent, inputs, options }) =>
      [type, name, urn, parent ?? "", JSON.stringify(inputs), JSON.stringify(options)]
        .join(" ")
        .replace(/"__provider":"(\\.|[^"\\])*"/, "")
        .replaceAll(`${folder}/`, "")
        .replace(/sst-asset-[a-z0-9-]+/g, "sst-asset")
        // Named after a hash of the function's ARN, in which there is its real name.
        .replace(/Subscriber[A-Z][a-z]{5}/g, "Subscriber")
        .replace(/[0-9a-f]{64}/g, "(hash)")
        .replace(/-[abcdefhkmnorstuvwxz]{8}(?![a-z])/g, ""),
    )
    .sort();
}
