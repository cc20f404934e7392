/** Where a command writes and asks: stdout is for what was asked for, stderr for how it goes. */
export interface Terminal {
  out: (text: string) => void;
  note: (text: string) => void;
  /** Asks yes or no; `undefined` where nobody can answer. */
  confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Lines up columns; numbers to the right. No cell is cut. */
export function tableOf(header: string[], rows: (string | number)[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? "").length)),
  );
  const line = (cells: (string | number)[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [header, ...rows].map(line).join("\n");
}

/** A span in the largest unit that says enough: `42 s`, `7 min`, `3 h`, `12 d`. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
