const usage = `npm run ops -- COMMAND                                  on the local system that runs here
npx sst shell --stage NAME -- npm run ops -- COMMAND    on a stage`;

/** Each command with its options, which are all that it takes, in the order in which they are listed. */
export const commands: Record<string, string> = {
  queues: `  queues                      depth of every queue and of its dead-letter queue
      --json                  for programs`,
  "dlq list": `  dlq list QUEUE              messages of a dead-letter queue with cause and age, none consumed
      --max N                 at most this many (default 100)
      --json                  for programs`,
  "dlq show": `  dlq show QUEUE ID           one message whole; the beginning of its id is enough
      --max N                 looks at this many at most (default 100)
      --show-personal         shows the insured and the whole body`,
  "dlq redrive": `  dlq redrive QUEUE           sends messages to the queue that they came from, then deletes them
      --rate N/s              messages a second (default 10/s)
      --id ID                 only this one
      --max N                 at most this many (default 1000)`,
  "dlq drop": `  dlq drop QUEUE --file FILE  writes messages to FILE (JSON lines, with personal data), then deletes them
      --yes                   does not ask
      --id ID                 only this one
      --max N                 at most this many (default 1000)`,
  "dlq resend": `  dlq resend --file FILE      sends what dlq drop wrote to the queues that it came from
      --rate N/s              messages a second (default 10/s)
      --id ID                 only this one
      --max N                 at most this many (default 1000)`,
  appointment: `  appointment ID              its item, row, history and messages side by side, and whether they agree
      --insured 00042         whose it is; else it is looked for
      --queues                looks into working queues, too: each look counts as a delivery
      --show-personal         shows the insured and whole bodies
      --json                  for programs`,
  "person export": `  person export INSURED       everything that the stores hold of a person, as JSON, with personal data
      --file FILE             into this file, for its owner only, instead of the screen`,
  "person erase": `  person erase INSURED        erases a person from every store; slots keep their past; safe to repeat
      --live keep|cancel      what live appointments become: they took place, or their slots are given back
      --yes                   does not ask
      --json                  the receipt for programs`,
  reconcile: `  reconcile                   compares DynamoDB with the MySQL of each country
      --country PE            only this country
      --grace SECONDS         ignores what changed this recently (default 60)
      --repair                publishes again what is undecided and what an item missed; deletes nothing
      --wait SECONDS          how long to wait for what was repaired (default 30)
      --json                  for programs`,
  replay: `  replay --since TIME         replays the bus's archive to the confirmation
      --until TIME            until then (default now); a decision counts by its own time
      --wait SECONDS          how long to wait for its end (default 900); it goes on without us
      --json                  for programs`,
};

const notes = `  --data FOLDER     state of the local system (default .local)
  --help            this text; after a command, that command's only

QUEUE is SQS_PE, SQS_CL or SQS_CONFIRMATION, or the name of its dead-letter queue.
TIME is 2026-11-24T06:00:00Z, or a day.
Exit code: 0 done, or nothing differs; 1 it failed, or something differs; 2 for a wrong command line.
INSURED is exactly five digits. docs/privacy.md says what person export and person erase cannot reach.
A stage's rows are read by its functions lookupPe and lookupCl: appointment, person and reconcile need lambda:InvokeFunction on
them. person erase needs it on erasePe and eraseCl, too.
docs/runbook.md says what to do about each alarm.`;

/**
 * The help of a command, or of all.
 *
 * @param words of the command line: `dlq redrive QUEUE` is about that command, `dlq` about each of its kind
 */
export function helpOn(words: string[]): string {
  const [command = "", verb = ""] = words;
  const names = Object.keys(commands);
  const exact = names.filter((name) => name === command || name === `${command} ${verb}`);
  const kind = names.filter((name) => name.startsWith(`${command} `));
  const chosen = [exact, kind, names].find((some) => some.length > 0) ?? names;
  return [usage, chosen.map((name) => commands[name]).join("\n"), notes].join("\n\n");
}
