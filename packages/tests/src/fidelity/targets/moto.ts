import { join } from "node:path";
import { installPython, type Say } from "./install.ts";
import type { TargetProgram } from "./program.ts";
import { startProgram } from "./program.ts";

const version = "5.2.5";

/** moto's server: https://pypi.org/project/moto (Apache-2.0). Its account is 123456789012. */
export async function startMoto(say: Say): Promise<TargetProgram> {
  const dir = await installPython(`moto-${version}`, `moto[server]==${version}`, say);
  const program = await startProgram(({ port }) => ({
    command: join(dir, "bin/moto_server"),
    args: ["-H", "127.0.0.1", "-p", String(port)],
  }));
  return { ...program, version: `moto ${version}`, given: { all: program.url } };
}
