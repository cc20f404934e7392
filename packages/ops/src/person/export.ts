import { writeFile } from "node:fs/promises";
import { toTimestamp } from "@appointments/core/time";
import { causeOf } from "../dlq/message.ts";
import type { Site } from "../site.ts";
import type { Terminal } from "../terminal.ts";
import { appointmentItems, keyItems, rowsOf } from "./find.ts";
import { lettersAbout } from "./letters.ts";

/**
 * Everything that the stores hold of an insured, as one JSON document: what the person may see, and take elsewhere.
 *
 * Items and rows are as they are stored, so nothing is left out by a mapping. An Idempotency-Key is kept as a hash, and is shown
 * as one. @returns 0, also when there is nothing: that is an answer.
 */
export async function exportPerson(
  site: Site,
  { insuredId, file }: { insuredId: string; file?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const appointments = await appointmentItems(site, insuredId);
  const idempotencyKeys = await keyItems(site, insuredId);
  const rows = Object.fromEntries(await rowsOf(site, insuredId));
  const deadLetters = (await lettersAbout(site, insuredId)).map(({ queue, letter }) => ({
    queue,
    sentAt: letter.sentAt > 0 ? toTimestamp(letter.sentAt) : null,
    cause: causeOf(letter),
    body: letter.body,
  }));
  const all = {
    insuredId,
    site: site.name,
    at: toTimestamp(Date.now()),
    appointments,
    idempotencyKeys,
    rows,
    deadLetters,
  };
  const text = JSON.stringify(all, null, 2);
  if (file === undefined) terminal.out(text);
  else {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
    terminal.note(`Written to ${file}: it is personal data, and yours to delete`);
  }
  const inRows = Object.values(rows).reduce((sum, of) => sum + of.length, 0);
  terminal.note(
    `${appointments.length} appointments, ${idempotencyKeys.length} Idempotency-Keys, ${inRows} rows, ${deadLetters.length} dead letters`,
  );
  return 0;
}
