import { stop } from "esbuild";

/** esbuild's process holds hundreds of megabytes of syntax trees; without work it is ended. */
const idleMs = 5_000;

let working = 0;
let idle: NodeJS.Timeout | undefined;

/**
 * Does work with esbuild, whose process is not left running when there is nothing more to do. There is one process for
 * all, and who is at work when it is ended waits for ever: so nobody uses esbuild but in here.
 */
export async function withEsbuild<Result>(work: () => Promise<Result>): Promise<Result> {
  working++;
  clearTimeout(idle);
  try {
    return await work();
  } finally {
    working--;
    if (working === 0) idle = setTimeout(() => void stop(), idleMs).unref();
  }
}
