import { readFileSync, writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { wireCommands, wireOutcomes } from "./wire.ts";

/** Each type of event with its schema as JSON Schema. */
type Rendered = Record<string, unknown>;

const file = new URL("./wire.json", import.meta.url);

/** The schemas as they are now. Throws for a rule that JSON Schema cannot say: it could change unseen. */
export const render = (schemas: Record<string, GenericSchema>): Rendered =>
  Object.fromEntries(
    Object.entries(schemas)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, schema]) => [type, toJsonSchema(schema, { errorMode: "throw" })]),
  );

const advice = {
  added: "is new: npm run wire:freeze publishes it",
  changed: "has changed, and what is published never changes: undo it, and add a new version beside it",
  removed: "is gone, but its messages are still in queues, dead-letter queues and archives",
};

interface Difference {
  type: string;
  how: keyof typeof advice;
}

/** How the schemas differ from those that were published; nothing when they are the same. */
export function differences(published: Rendered, now: Rendered): Difference[] {
  const types = [...new Set([...Object.keys(published), ...Object.keys(now)])].toSorted();
  return types.flatMap((type): Difference[] => {
    if (!(type in now)) return [{ type, how: "removed" }];
    if (!(type in published)) return [{ type, how: "added" }];
    return JSON.stringify(published[type]) === JSON.stringify(now[type]) ? [] : [{ type, how: "changed" }];
  });
}

const sentences = (found: Difference[]): string => found.map(({ type, how }) => `${type} ${advice[how]}`).join("\n");

/** The published schemas with the new types added. Throws when one of the published would change or go. */
export function freeze(published: Rendered, now: Rendered): Rendered {
  const broken = differences(published, now).filter(({ how }) => how !== "added");
  if (broken.length > 0) throw new Error(`Refused:\n${sentences(broken)}`);
  return now;
}

/* `npm run check:wire`, and `npm run wire:freeze` for the author of a new event or version. */
if (import.meta.main) {
  const published: Rendered = JSON.parse(readFileSync(file, "utf8"));
  const now = render({ ...wireCommands, ...wireOutcomes });
  const found = differences(published, now);
  if (process.argv.includes("--add")) {
    try {
      writeFileSync(file, `${JSON.stringify(freeze(published, now), null, 2)}\n`);
    } catch (error) {
      console.error(String(error));
      process.exit(1);
    }
    console.log(found.length === 0 ? "Nothing is new." : `Added: ${found.map(({ type }) => type).join(", ")}`);
  } else if (found.length > 0) {
    console.error(`The published events (wire.json) differ from wire.ts; see docs/changing.md:\n${sentences(found)}`);
    process.exitCode = 1;
  } else {
    console.log(`wire.json: ${Object.keys(now).length} published events are unchanged.`);
  }
}
