import { join } from "node:path";
import { installPython, type Say } from "./install.ts";
import type { TargetProgram } from "./program.ts";
import { startProgram } from "./program.ts";

const version = "1.5.33";

/** MiniStack: https://pypi.org/project/ministack (MIT). The account is that of a key of twelve digits. */
export async function startMinistack(say: Say): Promise<TargetProgram> {
  const dir = await installPython(`ministack-${version}`, `ministack==${version}`, say);
  const program = await startProgram(({ port, folder }) => ({
    command: join(dir, "bin/ministack"),
    args: [],
    env: { GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", STATE_DIR: folder, LOG_LEVEL: "WARNING" },
  }));
  return { ...program, version: `MiniStack ${version}`, given: { all: program.url } };
}
