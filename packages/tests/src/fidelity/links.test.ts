import { createCipheriv, createDecipheriv } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { linksOf } from "@appointments/local/lambda/variables";
import { afterAll, beforeAll, expect } from "vitest";
import { graphOf } from "../graph/stage.ts";
import { behaviour, targetName } from "./behaviour.ts";
import { type Functions, functionsOfTest } from "./functions.ts";
import type { Row } from "./row.ts";

/** Tells what a function finds: all of `Resource`, one name of it, its variables, a file. */
const probe = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { Resource } from "sst";
  export const handler = async ({ name, file, sealed }) => {
    if (sealed !== undefined) writeFileSync(process.env.SST_KEY_FILE, Buffer.from(sealed, "base64"));
    if (name !== undefined) return Resource[name];
    if (file !== undefined) return readFileSync(file).toString("base64");
    return { resource: { ...Resource }, environment: process.env };
  };
`;

interface Found {
  resource: Record<string, unknown>;
  environment: Record<string, string>;
}

let functions: Functions;
let graph: Graph;
beforeAll(async () => {
  if (targetName !== "embedded") return;
  functions = await functionsOfTest();
  graph = await graphOf("production");
});
afterAll(() => functions?.remove());

/** What SST's CLI would be told to seal for a function. */
const expected = (fn: GraphFunction) => Object.fromEntries(fn.links.map((name) => [name, graph.links[name]]));

/** The probe in a function's place: with its variables and its links. */
async function probeOf(fn: GraphFunction, links: Record<string, unknown> = linksOf(fn, graph.links)) {
  const { name, environment } = fn;
  const created = await functions.create(probe, { name, environment, links: fn.links }, { links });
  async function ask(event: object): Promise<unknown> {
    const result = await created.invoke(event);
    if (!result.ok) throw new Error(result.errorMessage);
    return result.payload;
  }
  return { taskRoot: created.bundle()?.taskRoot ?? "", ask, found: async () => (await ask({})) as Found };
}

function functionNamed(name: string): GraphFunction {
  const found = graph.functions.find((fn) => fn.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

/** As SST's CLI seals links: AES-256 in Galois/counter mode, twelve zero bytes of nonce, the tag at the end. */
function seal(key: string, links: unknown): Buffer {
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  return Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
}

function open(key: string, sealed: Buffer): unknown {
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  decipher.setAuthTag(sealed.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString());
}

const page = "https://sst.dev/docs/linking/";
const cli = {
  kind: "documentation",
  source: "anomalyco/sst pkg/runtime/runtime.go, platform/src/components/aws/function.ts",
} as const;
const reader = {
  kind: "documentation",
  source: "sst 4.17.1 dist/resource, the package that functions are bundled with",
} as const;
const row = (id: string, says: string, evidence: Row["evidence"]): Row => ({
  id: `links.${id}`,
  area: "Links",
  says,
  docs: page,
  evidence,
  targets: ["embedded"],
});

behaviour(
  row("file", "A function's links lie beside its code, sealed as SST's CLI seals them, and are exactly its own.", cli),
  async () => {
    for (const fn of graph.functions) {
      const { taskRoot } = await probeOf(fn);
      const { SST_KEY = "", SST_KEY_FILE = "" } = fn.environment;
      expect([fn.name, open(SST_KEY, await readFile(join(taskRoot, SST_KEY_FILE)))]).toEqual([fn.name, expected(fn)]);
    }
  },
);

behaviour(
  row(
    "resource",
    "In every function Resource holds the app and the function's links, with the values SST would give, and no more.",
    reader,
  ),
  async () => {
    for (const fn of graph.functions) {
      const { resource } = await (await probeOf(fn)).found();
      const app = { name: graph.app, stage: graph.stage };
      expect([fn.name, resource]).toEqual([fn.name, { App: app, ...expected(fn) }]);
    }
  },
);

behaviour(
  row("same", "A file that SST's CLI would have written and the local one read the same.", reader),
  async () => {
    const fn = functionNamed("appointmentPe");
    const { resource } = await (await probeOf(fn)).found();
    const other = await probeOf(fn, { Another: { value: 1 } });
    const sealed = seal(fn.environment.SST_KEY ?? "", expected(fn)).toString("base64");
    expect(((await other.ask({ sealed })) as Found).resource).toEqual(resource);
  },
);

behaviour(row("unlinked", "Naming what is not linked throws, with the name of the function.", reader), async () => {
  for (const fn of graph.functions) {
    const { ask } = await probeOf(fn);
    for (const name of Object.keys(graph.links).filter((link) => !fn.links.includes(link))) {
      await expect(ask({ name })).rejects.toThrow(`"${name}" is not linked in your sst.config.ts`);
    }
  }
});

behaviour(
  row("environment", "Links are in no variable: a function has the key, the file's name and the app.", cli),
  async () => {
    for (const fn of graph.functions) {
      const { environment } = await (await probeOf(fn)).found();
      const names = Object.keys(environment).filter((name) => name.startsWith("SST_"));
      expect([fn.name, names.sort()]).toEqual([fn.name, ["SST_KEY", "SST_KEY_FILE", "SST_RESOURCE_App"]]);
    }
  },
);

behaviour(
  row("secrets", "A country's database is known to that country's functions only, whatever a function looks at.", cli),
  async () => {
    for (const [country, other] of [
      ["Pe", "Cl"],
      ["Cl", "Pe"],
    ] as const) {
      const url = String(graph.links[`Database${other}`]?.url);
      const password = decodeURIComponent(new URL(url).password);
      expect(password).not.toBe("");
      const { found } = await probeOf(functionNamed(`appointment${country}`));
      const everything = JSON.stringify(await found());
      expect(everything).toContain(new URL(String(graph.links[`Database${country}`]?.url)).hostname);
      expect(everything).not.toContain(new URL(url).hostname);
      expect(everything).not.toContain(password);
    }
    const api = JSON.stringify(await (await probeOf(functionNamed("appointment"))).found());
    expect(api).not.toContain("mysql://");
  },
);

behaviour(
  row(
    "values",
    "What a link says is what the deployed resource is called: a table's and a bus's name, a queue's URL, a topic's ARN.",
    cli,
  ),
  async () => {
    for (const { name, tableName } of graph.tables) expect(graph.links[name]).toMatchObject({ name: tableName });
    for (const { name, url } of graph.queues) expect(graph.links[name]).toMatchObject({ url });
    for (const { name, arn } of graph.topics) expect(graph.links[name]).toMatchObject({ arn });
    for (const { name, busName, arn } of graph.buses) expect(graph.links[name]).toMatchObject({ name: busName, arn });
    for (const { hosts, username, password } of graph.databases) {
      const urls = Object.values(graph.links).map(({ url }) => String(url));
      const own = urls.filter((url) => hosts.some((host) => url.includes(`@${host}:`)));
      const ofOwner = own.filter((url) => url.startsWith(`mysql://${username}:`));
      expect([own.length, ofOwner.length]).toEqual([2, 1]);
      expect(ofOwner[0]).toContain(encodeURIComponent(password));
    }
  },
);

behaviour({
  ...row(
    "live",
    "Under sst dev a function runs on the developer's machine and gets its links from the CLI as variables.",
    cli,
  ),
  unchecked: "sst dev needs an account. The reader is the same, and reads both.",
});
