import { createRequire } from "node:module";
import { join } from "node:path";
import type { GraphResource } from "../graph.ts";
import { type Cloud, stateOf } from "./cloud.ts";
import { lookup } from "./lookup.ts";

type Properties = Record<string, unknown>;

interface Struct {
  toJavaScript(): Properties;
}

interface RegisterRequest {
  getObject?(): Struct | undefined;
  getProperties?(): Struct | undefined;
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect?(): boolean;
  getRetainondelete?(): boolean;
  getDependenciesList?(): string[];
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): Struct | undefined;
}

type Callback = (error: unknown, response: unknown) => void;

interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
  readResource(request: RegisterRequest, callback: Callback): Promise<void>;
  registerResourceOutputs(request: OutputsRequest, callback: Callback): void;
}

/** The part of `@pulumi/pulumi` that is used here; the copy is the platform's, made at run time. */
export interface Pulumi {
  runtime: {
    setMocks(mocks: Mocks, project: string, stack: string, preview: boolean): Promise<void>;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
    getMonitor(): Monitor;
  };
}

interface Mocks {
  newResource(args: { type: string; name: string }): { id: string; state: Properties };
  call(args: { token: string; inputs: Properties }): Properties;
}

/**
 * Puts an engine under Pulumi that creates nothing: it answers as AWS would and keeps what it was asked to create.
 *
 * It is Pulumi's own mock monitor; around it, what mocks do not receive (parent, options) is read from the requests.
 *
 * @returns the record, which grows while the program runs; `settled` waits until nothing is under way any more
 */
export async function recordResources(pulumi: Pulumi, platform: string, cloud: Cloud) {
  const { runtime } = pulumi;
  const resources: GraphResource[] = [];
  const outputs: Record<string, Properties> = {};
  let current: { request: RegisterRequest; read: boolean } | undefined;

  await runtime.setMocks(
    {
      newResource({ type, name }) {
        if (!current) throw new Error(`${type} ${name} was registered past the monitor.`);
        const { request, read } = current;
        const inputs = wire(request.getObject?.() ?? request.getProperties?.());
        const { id, state } = stateOf(cloud, type, name, inputs);
        const parent = request.getParent().split("::").at(-1);
        const isTop = request.getParent() === "" || request.getParent().includes("pulumi:pulumi:Stack");
        if (type !== "pulumi:pulumi:Stack" && !read) {
          resources.push({
            type,
            name,
            urn: monitor.newUrn(request.getParent(), type, name),
            ...(parent && !isTop ? { parent } : {}),
            inputs,
            outputs: type.startsWith("sst:") ? {} : { id, ...answered(state, inputs) },
            options: optionsOf(request),
          });
        }
        return { id, state };
      },
      call({ token, inputs }) {
        try {
          return lookup(cloud, token, plain(inputs) as Properties);
        } catch (error) {
          // Of an engine's error, Pulumi passes on the details alone.
          throw Object.assign(error as Error, { details: (error as Error).message });
        }
      },
    },
    cloud.app,
    cloud.stage,
    false,
  );

  const monitor = runtime.getMonitor();
  // As the engine makes it, with all ancestors' types; the mock keeps only the parent's.
  monitor.newUrn = (parent, type, name) => {
    const above = parent.split("::")[2];
    const path = above && above !== "pulumi:pulumi:Stack" ? `${above}$${type}` : type;
    return [`urn:pulumi:${cloud.stage}`, cloud.app, path, name].join("::");
  };
  for (const method of ["registerResource", "readResource"] as const) {
    const original = monitor[method].bind(monitor);
    // The mock calls `newResource` before it first waits, so `current` is this request's.
    monitor[method] = (request, callback) => {
      current = { request, read: method === "readResource" };
      const done = original(request, callback);
      current = undefined;
      return done;
    };
  }
  const original = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    outputs[request.getUrn()] = wire(request.getOutputs());
    original(request, callback);
  };

  const { waitForRPCs } = createRequire(join(platform, "package.json"))("@pulumi/pulumi/runtime/settings.js") as {
    waitForRPCs(): Promise<void>;
  };
  async function settled(): Promise<void> {
    // Resources made in `apply` register later than their program ends: done when a turn brings nothing new.
    for (let before = -1; before !== resources.length; ) {
      before = resources.length;
      await waitForRPCs();
      await new Promise((next) => setTimeout(next, 20));
      await waitForRPCs();
    }
  }
  return { resources, outputs, settled };
}

function optionsOf(request: RegisterRequest): GraphResource["options"] {
  const dependsOn = request.getDependenciesList?.() ?? [];
  return {
    ...(request.getProtect?.() ? { protect: true } : {}),
    ...(request.getRetainondelete?.() ? { retainOnDelete: true } : {}),
    ...(dependsOn.length > 0 ? { dependsOn: [...dependsOn].sort() } : {}),
  };
}

/** Marks what is no plain value in Pulumi's wire format: secrets, files, references to resources. */
const signature = "4dabf18193072939515e22adb298388d";

/** Properties on the wire as plain JSON: secrets opened, files by their path, resources by their URN. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const item = value as Properties;
  if (signature in item) {
    if ("value" in item) return plain(item.value);
    if ("urn" in item) return item.urn;
    const { [signature]: _, ...file } = item;
    return plain(file);
  }
  return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, plain(inner)]));
}

/** What the inputs do not say already, nor every resource has. */
function answered(state: Properties, inputs: Properties): Properties {
  const isNews = ([key, value]: [string, unknown]) => inputs[key] !== value && key !== "region" && key !== "tagsAll";
  return Object.fromEntries(Object.entries(state).filter(isNews));
}

function wire(struct: Struct | undefined): Properties {
  return plain(struct?.toJavaScript() ?? {}) as Properties;
}
