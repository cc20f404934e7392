import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { close, listen, reach } from "./emulator.ts";

export interface PutEntry {
  EventBusName: string;
  Source: string;
  DetailType: string;
  Detail: string;
  Time: number;
}

/** What the bus does with one entry: takes it, or answers this error code for it. */
export type Verdict = (entry: PutEntry, call: number) => string | undefined;

/**
 * An event bus that speaks PutEvents and can refuse: an HTTP status for the whole call, or single entries as AWS does,
 * with 200 and `FailedEntryCount` above zero. (No emulator does that on demand.)
 */
export async function startEventBus() {
  const state = {
    taken: [] as PutEntry[],
    calls: [] as PutEntry[][],
    verdict: (() => undefined) as Verdict,
    status: 200,
  };
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: PutEntry[] };
    state.calls.push(Entries);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    if (state.status !== 200) return answer(state.status, { __type: "InternalFailure" });
    const answers = Entries.map((entry, index) => {
      const code = state.verdict(entry, state.calls.length);
      if (code) return { ErrorCode: code, ErrorMessage: "refused by the test" };
      state.taken.push(entry);
      return { EventId: `${state.calls.length}-${index}` };
    });
    answer(200, { Entries: answers, FailedEntryCount: answers.filter(({ ErrorCode }) => ErrorCode).length });
  });
  const client = new EventBridgeClient(reach(`http://127.0.0.1:${await listen(server)}`));
  return {
    client,
    state,
    stop: async () => {
      client.destroy();
      await close(server);
    },
  };
}
