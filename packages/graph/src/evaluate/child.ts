/**
 * The process in which sst.config.ts is evaluated: it runs the bundled program on Pulumi's own runtime, whose engine is
 * replaced by one that answers as AWS would and keeps a record.
 *
 * A process of its own, because the program changes folder, environment and globals, and Pulumi keeps its state in the
 * module. It gets its order as its argument and sends one {@link EvaluationReport} to its parent.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Evaluation, type EvaluationOrder, type EvaluationReport, MissingProviderError } from "./evaluation.ts";
import { type Pulumi, recordResources } from "./pulumi.ts";
import { startRpcServer } from "./rpc.ts";

interface AppInput {
  stage: string;
}

interface App {
  name: string;
  home: string;
  removal?: string;
  protect?: boolean;
  providers?: Record<string, unknown>;
}

interface Config {
  app(input: AppInput): App | Promise<App>;
  run(): Promise<unknown>;
}

interface Program {
  config: Config;
  run(program: () => Promise<unknown>): Promise<unknown>;
}

async function evaluate(order: EvaluationOrder): Promise<Evaluation> {
  const { root, platform, stage, dev, account, work } = order;
  Object.assign(process.env, order.env, { SST_STAGE: stage });
  process.chdir(root);

  const { default: info } = (await import(pathToFileURL(order.app).href)) as { default: Config };
  const app = await info.app({ stage });
  if (!app?.name) throw new Error("app() in sst.config.ts must return an object with a name.");
  const providers = withHome(app);
  requireInstalled(Object.keys(providers), root);
  const region = regionOf(providers);

  const out = join(work, "out");
  mkdirSync(out, { recursive: true });
  // A hook that looks at the bundle finds one.
  writeFileSync(join(out, "bundle.mjs"), "");
  const rpc = await startRpcServer(out, account, region);
  process.env.SST_SERVER = rpc.url;
  process.env.SST_AWS_REGION = region;
  process.env.PULUMI_CONFIG = JSON.stringify({ "aws:region": region });
  Object.assign(globalThis, {
    $app: { ...app, stage, providers, removal: app.removal ?? "retain", protect: app.protect ?? false },
    $cli: { command: "deploy", dev, paths: { home: work, root, work, platform }, state: { version: {} } },
    $dev: dev,
  });

  const pulumi = createRequire(join(platform, "package.json"))("@pulumi/pulumi") as Pulumi;
  const recorded = await recordResources(pulumi, platform, { app: app.name, stage, region, account });
  const { config, run } = (await import(pathToFileURL(order.program).href)) as Program;
  await pulumi.runtime.runInPulumiStack(() => run(() => config.run()));
  await recorded.settled();
  rpc.stop();
  const { resources, outputs } = recorded;
  return { app: app.name, region, resources, outputs, builds: Object.fromEntries(rpc.builds) };
}

/** As the CLI does: the home is a provider, too. */
function withHome(app: App): Record<string, unknown> {
  const options = (value: unknown) => (typeof value === "string" ? { version: value } : value);
  const named = Object.entries(app.providers ?? {}).map(([name, value]) => [name, options(value)]);
  const providers = Object.fromEntries(named) as Record<string, unknown>;
  return app.home === "local" || app.home in providers ? providers : { ...providers, [app.home]: {} };
}

function requireInstalled(providers: string[], root: string): void {
  const file = join(root, ".sst/provider-lock.json");
  const lock = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { name: string }[]) : [];
  const missing = providers.filter((provider) => !lock.some(({ name }) => name === provider));
  if (missing.length > 0) throw new MissingProviderError(`The provider ${missing.join(", ")} is not installed.`);
}

function regionOf(providers: Record<string, unknown>): string {
  const { region } = (providers.aws ?? {}) as { region?: string };
  return region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";
}

function report(message: EvaluationReport): void {
  process.send?.(message, () => process.exit(0));
}

let failed = false;
function fail(error: unknown): void {
  if (failed) return;
  failed = true;
  const known = error instanceof Error ? error : new Error(String(error));
  report({ error: { name: known.name, message: known.message, stack: known.stack ?? "" } });
}

// The parent is gone. The channel must not keep a program alive that waits for nothing any more.
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

// Errors inside `output.apply(…)` surface here.
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

evaluate(JSON.parse(process.argv[2] ?? "") as EvaluationOrder).then((evaluation) => {
  if (!failed) report({ evaluation });
}, fail);
