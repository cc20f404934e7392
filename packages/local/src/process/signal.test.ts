import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

test("two signals at once are one request; a later one insists", async () => {
  const source = JSON.stringify(join(import.meta.dirname, "signal.ts"));
  const script = `
    import { takeStopSignals } from ${source};
    const { asked, insisted } = takeStopSignals();
    asked.then((signal) => {
      console.log("asked " + signal);
      setTimeout(() => console.log("alone"), 1_100);
    });
    insisted.then((signal) => { console.log("insisted " + signal); process.exit(130); });
    setInterval(() => {}, 1_000);
    console.log("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  expect(await next()).toBe("ready");
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await next()).toBe("asked SIGINT");
  expect(await next()).toBe("alone");
  child.kill("SIGINT");
  expect(await next()).toBe("insisted SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
});
