import { vi } from "vitest";

/** Everything that is written to the console from now on, as one text. Give it back with `vi.restoreAllMocks()`. */
export function captureLog(): () => string {
  const lines: string[] = [];
  for (const level of ["debug", "info", "log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => {
      lines.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
    });
  }
  return () => lines.join("\n");
}
