import * as v from "valibot";
import { depthOf, type Letter, look, takeFrom } from "../dlq/letters.ts";
import type { Site } from "../site.ts";

/** Dead letters looked at in one queue: more than a queue with an alarm on its first one should ever hold. */
const most = 100_000;

/**
 * Whether a message is about an insured: a member `insuredId` anywhere in its JSON, text of JSON in it included. What is no JSON
 * is about whoever's five digits stand in it alone: nobody can process it, so it is rather taken for too much.
 */
export function isAbout(body: string, insuredId: string): boolean {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  return json.success
    ? names(json.output, insuredId)
    : new RegExp(`(?<![0-9A-Fa-f-])${insuredId}(?![0-9A-Fa-f-])`).test(body);
}

function names(value: unknown, insuredId: string): boolean {
  if (typeof value === "string") return value === insuredId || (/^\s*[[{]/.test(value) && isAbout(value, insuredId));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => name === insuredId || names(member, insuredId));
}

/** The insured's dead letters, by queue; all go back. */
export async function lettersAbout(site: Site, insuredId: string): Promise<{ queue: string; letter: Letter }[]> {
  const found = await Promise.all(
    site.queues.map(async ({ name, deadLetterUrl }) => {
      const letters = await look(site.sqs, deadLetterUrl, most);
      return letters.filter(({ body }) => isAbout(body, insuredId)).map((letter) => ({ queue: `${name}_DLQ`, letter }));
    }),
  );
  return found.flat();
}

export interface Deleted {
  deleted: number;
  /** Messages that somebody else held, so that they could not be looked at, about. */
  unseen: number;
}

/** Deletes the insured's dead letters, by queue; others go back. */
export async function deleteLetters(site: Site, insuredId: string): Promise<Record<string, Deleted>> {
  const found = await Promise.all(
    site.queues.map(async ({ name, deadLetterUrl }): Promise<[string, Deleted]> => {
      let deleted = 0;
      // A queue that is empty, or nearly so, does not always say it at once: SQS counts late.
      for await (const { letters, done } of takeFrom(site.sqs, deadLetterUrl, { most })) {
        const theirs = letters.filter(({ body }) => isAbout(body, insuredId));
        if (theirs.length > 0) deleted += theirs.length - (await done(theirs)).length;
      }
      const { inFlight } = await depthOf(site.sqs, deadLetterUrl);
      return [`${name}_DLQ`, { deleted, unseen: inFlight }];
    }),
  );
  return Object.fromEntries(found);
}

/** About how many messages the working queues hold. */
export async function underWay(site: Site): Promise<number> {
  const depths = await Promise.all(site.queues.map(({ url }) => depthOf(site.sqs, url)));
  return depths.reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
}
