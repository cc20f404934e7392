import { styleText } from "node:util";
import type { LocalConfig } from "../config.ts";
import { residentMb } from "../lambda/memory.ts";
import { withoutPassword } from "../system/address.ts";
import type { System } from "../system/system.ts";

/** What stands on the screen once the system is ready: addresses without passwords, and what to try. @param data the folder of the state, unless it is the usual one */
export async function summary(
  { state, functions }: System,
  { examples }: LocalConfig,
  tookMs: number,
  data?: string,
): Promise<string> {
  const pids = [
    process.pid,
    ...state.pids.mysql,
    ...[...functions.values()].flatMap((fn) => fn.environments().map(({ pid }) => pid)),
  ];
  const memory = (await Promise.all(pids.map(residentMb))).reduce<number>((sum, mb) => sum + (mb ?? 0), 0);
  const apis = Object.entries(state.apis).map(([name, url]) => line(name, url));
  const databases = Object.entries(state.databases).map(([name, url]) => line(`MySQL ${name}`, withoutPassword(url)));
  const command = (kind: string, ...args: string[]) =>
    ["npm run --silent token --", ...(data === undefined ? [] : ["--data", data]), kind, ...args].join(" ");
  const open = state.open
    ? `\n${styleText("red", "OPEN: everybody who reaches the API may do everything; no token is asked for.")}\n`
    : "";
  return `
${styleText(["bold", "green"], "Ready")} in ${(tookMs / 1000).toFixed(1)} s, ${Math.round(memory)} MB in ${pids.length} processes
${open}
${apis.join("\n")}
${line("AWS calls", `${state.gateway.url}   meter: ${state.gateway.url}/_local/meter`)}
${databases.join("\n")}
${line("Logs", `here, and whole in ${state.logFile}: npm run logs -- --help`)}
${examples === undefined ? "" : `\n${examples({ apis: state.apis, tokenCommand: command })}\n`}`;
}

function line(name: string, value: string): string {
  return `  ${name.padEnd(10)} ${value}`;
}
