import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { commandLine, guardChild } from "@appointments/local/process/process";
import { descendants } from "../../kit/processes.ts";
import { root } from "../../repository.ts";
import { eventually } from "../system.ts";

/** `npm start` in a terminal, as a person has it. */
export interface TerminalSession {
  /** Everything that stood on the screen. */
  screen: () => string;
  /** Resolves once the text stands on the screen; throws when the command ends before. */
  shows: (text: string) => Promise<void>;
  /** Presses Ctrl-C once: the terminal sends SIGINT to npm and to what npm runs, and npm passes it on besides. */
  pressCtrlC: () => void;
  /** Sends SIGTERM to npm alone. */
  terminateNpm: () => Promise<void>;
  /** Takes the terminal away, if the command still runs. */
  kill: () => Promise<void>;
  /** The exit status. */
  ended: Promise<number | null>;
  /** Processes that the command has started so far, and those that they started. */
  processes: () => Promise<number[]>;
}

/**
 * Runs `npm start` with a terminal of its own, which `script` of util-linux makes.
 *
 * @param dataDir where the state is; the ports are free ones
 */
export function startInTerminal(dataDir: string, env: Record<string, string>): TerminalSession {
  const command = `exec npm start -- --data ${dataDir} --port 0 --gateway-port 0`;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    cwd: root,
    env: { ...ownEnvironment(), SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  guardChild(child);
  let screen = "";
  child.stdout.on("data", (chunk) => (screen += stripVTControlCharacters(String(chunk))));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const pid = child.pid ?? 0;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    screen: () => screen,
    shows: async (text) => {
      await eventually(
        `"${text}" stands on the screen`,
        () => {
          if (screen.includes(text)) return true;
          if (hasEnded()) throw new Error(`It ended without "${text}":\n${screen}`);
          return undefined;
        },
        120_000,
      );
    },
    pressCtrlC: () => void child.stdin.write("\x03"),
    terminateNpm: async () => {
      const [npm] = await descendants(pid);
      if (npm === undefined) throw new Error("npm does not run");
      process.kill(npm, "SIGTERM");
    },
    ended,
    kill: async () => {
      // The terminal goes with it: the system is told so, and stops.
      child.kill("SIGKILL");
      await ended;
    },
    processes: () => descendants(pid),
  };
}

/** The environment without what `npm test` adds: with its PATH, npm would run on pnpm's shell script `node`, which passes no signal on. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const PATH = process.env.PATH?.split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return { ...Object.fromEntries(own), PATH: PATH?.join(delimiter) };
}

/** The command lines of those processes that still run. */
export async function stillRunning(pids: number[]): Promise<string[]> {
  return (await Promise.all(pids.map(commandLine))).filter((line) => line !== "");
}
