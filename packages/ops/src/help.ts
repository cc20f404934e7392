export const help = `npm run ops -- COMMAND                                  on the local system that runs here
npx sst shell --stage NAME -- npm run ops -- COMMAND    on a stage

  queues                      depth of every queue and of its dead-letter queue
  dlq list QUEUE              messages of a dead-letter queue with cause and age, none consumed
  dlq show QUEUE ID           one of them whole; the beginning of its id is enough
  dlq redrive QUEUE           sends them to the queue that they came from, then deletes them
      --rate N/s              messages a second (default 10/s)
      --id ID                 only this one
  dlq drop QUEUE --file FILE  deletes them, after it wrote them to FILE (JSON lines, with personal data)
      --yes                   asks nothing
      --id ID                 only this one
  dlq resend --file FILE      sends what dlq drop wrote there to the queues that it once came from
      --rate N/s, --id ID     as for redrive
  appointment ID              its item, row, history and messages side by side, and whether they agree
      --insured 00042         whose it is; else it is looked for
      --queues                looks into working queues, too: each look counts as a delivery
  reconcile                   DynamoDB against the MySQL of each country
      --country PE            only this country
      --grace SECONDS         what changed this recently is under way (default 60)
      --repair                asks again for what is undecided, tells again what an item missed; deletes nothing
      --wait SECONDS          how long to wait for what was repaired (default 30)
  replay --since TIME         tells the confirmation again what the bus was told, from its archive
      --until TIME            until then (default now); a decision counts by its own time
      --wait SECONDS          how long to wait for its end (default 900); it goes on without us

  --max N           at most this many messages (list, show: 100; redrive, drop, resend: 1000)
  --json            for programs (queues, dlq list, appointment, reconcile, replay)
  --show-personal   shows the insured and whole bodies (dlq show, appointment)
  --data FOLDER     state of the local system (default .local)
  --help            this text

QUEUE is SQS_PE, SQS_CL or SQS_CONFIRMATION, or the name of its dead-letter queue.
Exit code: 0 done, or nothing differs; 1 it failed, or something differs; 2 not asked rightly.
A stage's databases are in a VPC: appointment and reconcile need a way in, such as npx sst tunnel.
TIME is 2026-11-24T06:00:00Z, or a day. What an alarm asks for is in docs/runbook.md.`;
