import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import type { Topology } from "../topology.ts";
import { startBehindGateway } from "./gateway.ts";
import type { Target } from "./target.ts";

/** The emulators that `npm start` embeds, behind the same gateway, in memory and on free ports. */
export function startEmbedded(topology: Topology): Promise<Target> {
  const version = `fauxqs ${versionOf("fauxqs")}, dynalite ${versionOf("dynalite")}`;
  return startBehindGateway(topology, { given: {}, version });
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.resolve("@appointments/local/emulator/emulators"));
  if (file === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
