/**
 * Stands in for the program `pulumi` that SST's CLI starts. It makes an empty stack; at `preview` it runs the program that
 * the CLI bundled, on Pulumi's own runtime and with the recording engine of the graph, and writes down what would be
 * created, to the file that `RECORD_TO` names.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Pulumi, recordResources } from "@appointments/graph/pulumi";

const [command = "", second = "", third = "", ...rest] = process.argv.slice(2);

if (command === "stack" && second === "init") {
  const [, app = ""] = third.split("/");
  mkdirSync(join(".pulumi/stacks", app), { recursive: true });
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  const checkpoint = { version: 3, checkpoint: { stack: third, latest: { manifest } } };
  writeFileSync(join(".pulumi/stacks", app, `${third.split("/").at(-1)}.json`), JSON.stringify(checkpoint));
} else if (command === "preview") {
  await preview();
} else {
  throw new Error(`pulumi ${process.argv.slice(2).join(" ")} is not stood in for`);
}

async function preview(): Promise<void> {
  const stack = third;
  const [, app = "", stage = ""] = stack.split("/");
  const { main = "" } = /^main: (?<main>.+)$/m.exec(readFileSync("Pulumi.yaml", "utf8"))?.groups ?? {};
  const config = rest.filter((_, index) => rest[index - 1] === "--config");
  const values: Record<string, string> = Object.fromEntries(config.map((pair) => pair.split(/=(.*)/s, 2)));
  process.env.PULUMI_CONFIG = JSON.stringify(values);

  const platform = dirname(main);
  const pulumi = createRequire(join(platform, "package.json"))("@pulumi/pulumi") as Pulumi;
  const region = values["aws:region"] ?? "";
  const recorded = await recordResources(pulumi, platform, { app, stage, region, account: "123456789012" });
  await pulumi.runtime.runInPulumiStack(() => import(pathToFileURL(main).href));
  await recorded.settled();
  const record = { config: values, resources: recorded.resources };
  writeFileSync(process.env.RECORD_TO ?? "", JSON.stringify(record));
  process.exit(0);
}
