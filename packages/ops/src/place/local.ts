import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CountryCode, databaseName } from "@appointments/core/country/country";
import * as v from "valibot";
import { readJson } from "../json.ts";
import { OpsError } from "../usage.ts";
import type { Addresses, Reach } from "./place.ts";

/** What we need of `system.json`, which the local system writes when it is ready. */
const schema = v.object({
  pid: v.number(),
  gateway: v.object({ url: v.string(), region: v.string(), accessKeyId: v.string(), secretAccessKey: v.string() }),
  databases: v.record(v.string(), v.string()),
  queues: v.record(v.string(), v.object({ url: v.string() })),
  tables: v.record(v.string(), v.object({ name: v.string() })),
  topics: v.record(v.string(), v.object({ arn: v.string() })),
  buses: v.record(v.string(), v.object({ name: v.string(), arn: v.string() })),
});

/** The addresses of the local system that runs on a folder, or nothing when none does. Throws `OpsError`. */
export async function localAddresses(dataDir: string): Promise<{ at: Addresses; reach: Reach } | undefined> {
  const file = join(dataDir, "system.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const read = v.safeParse(schema, readJson(text));
  if (!read.success) throw new OpsError(`${file} is of another version; start the local system again`);
  const { pid, gateway, databases, queues, tables, topics, buses } = read.output;
  if (!isAlive(pid)) return undefined;
  const { url: endpoint, region, accessKeyId, secretAccessKey } = gateway;
  const queueUrl = (name: string) => there(queues[name], name).url;
  return {
    at: {
      queueUrl,
      deadLetterUrl: (name) => queueUrl(`${name}_DLQ`),
      tableName: () => there(tables.Appointments, "Appointments").name,
      topicArn: () => there(topics.Requested, "Requested").arn,
      busName: () => there(buses.Bus, "Bus").name,
      busArn: () => there(buses.Bus, "Bus").arn,
      databaseUrl: (country: CountryCode) => there(databases[country], databaseName(country)),
    },
    reach: { endpoint, region, credentials: { accessKeyId, secretAccessKey } },
  };
}

function there<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new OpsError(`The local system has no ${name}; start it again`);
  return value;
}

/** A killed system leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
