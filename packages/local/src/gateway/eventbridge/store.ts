import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseObject, text } from "../../aws/request.ts";

/** An event as it is kept. */
export interface KeptEvent {
  fields: Record<string, unknown>;
  /** Its own time, in milliseconds since 1970. */
  time: number;
}

export interface ArchiveStore {
  append: (events: KeptEvent[]) => Promise<void>;
  /** The events with `from` ≤ time < `until`, a minute's at once, the earliest minute first. */
  read: (from: number, until: number) => AsyncIterable<KeptEvent[]>;
}

/** Lines by the day of their event, `2026-11-24`. */
interface Days {
  append: (day: string, lines: string) => Promise<void>;
  read: (day: string) => Promise<string>;
  list: () => Promise<string[]>;
  remove: (day: string) => Promise<void>;
}

const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/**
 * Keeps the events of one archive, in a file for each day or, without a folder, in memory.
 *
 * @param options.retentionDays after so many days an event is gone; never without it
 */
export function openArchiveStore(options: { folder?: string; retentionDays?: number }): ArchiveStore {
  const { folder, retentionDays = Number.POSITIVE_INFINITY } = options;
  const days = folder === undefined ? inMemory() : inFolder(folder);
  const oldest = () => Date.now() - retentionDays * dayMs;
  let written: Promise<unknown> = Promise.resolve();
  let lastDay = "";

  async function append(events: KeptEvent[]): Promise<void> {
    const byDay = Map.groupBy(
      events.filter(({ time }) => time >= oldest()),
      ({ time }) => dayOf(time),
    );
    for (const [day, some] of byDay) {
      await days.append(day, some.map(({ fields }) => `${JSON.stringify(fields)}\n`).join(""));
    }
    if (lastDay === dayOf(Date.now())) return;
    lastDay = dayOf(Date.now());
    for (const day of await days.list()) if (Date.parse(day) + dayMs <= oldest()) await days.remove(day);
  }

  return {
    // One after the other: no two writes mingle their lines.
    append: (events) => {
      const now = written.then(() => append(events));
      written = now.catch(() => undefined);
      return now;
    },
    async *read(from, until) {
      await written;
      const first = Math.max(from, oldest());
      for (const day of (await days.list()).sort()) {
        if (Date.parse(day) + dayMs <= first || Date.parse(day) >= until) continue;
        const events = (await days.read(day))
          .split("\n")
          .flatMap(eventIn)
          .filter(({ time }) => time >= first && time < until)
          .sort((a, b) => a.time - b.time);
        for (const minute of Map.groupBy(events, ({ time }) => Math.floor(time / minuteMs)).values()) yield minute;
      }
    },
  };
}

/** A process that was killed may leave half a line. */
function eventIn(line: string): KeptEvent[] {
  const fields = line === "" ? undefined : parseObject(line);
  const time = Date.parse(text(fields?.time) ?? "");
  return fields === undefined || Number.isNaN(time) ? [] : [{ fields, time }];
}

function inFolder(folder: string): Days {
  const fileOf = (day: string) => join(folder, `${day}.jsonl`);
  const begun = new Set<string>();
  return {
    append: async (day, lines) => {
      await mkdir(folder, { recursive: true });
      // Who wrote before may have been killed within a line.
      await appendFile(fileOf(day), begun.has(day) ? lines : `\n${lines}`, { mode: 0o600 });
      begun.add(day);
    },
    read: (day) => readFile(fileOf(day), "utf8"),
    list: async () => {
      const files = await readdir(folder).catch(() => []);
      return files.flatMap((file) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(file)?.[1] ?? []);
    },
    remove: (day) => rm(fileOf(day), { force: true }),
  };
}

function inMemory(): Days {
  const held = new Map<string, string>();
  return {
    append: async (day, lines) => void held.set(day, (held.get(day) ?? "") + lines),
    read: async (day) => held.get(day) ?? "",
    list: async () => [...held.keys()],
    remove: async (day) => void held.delete(day),
  };
}
