import { AppError } from "@appointments/core/error";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMessaging } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { batchOf, record } from "../testing/messages.ts";
import { type Consumer, consume } from "./consume.ts";

type Letter = { word: string };

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let source: Consumer<Letter>["source"];
let logged: () => string;
let counter = 0;

beforeAll(async () => {
  messaging = await startMessaging();
});
afterAll(() => messaging?.stop());
beforeEach(async () => {
  logged = captureLog();
  counter++;
  const { queueUrl: url } = await messaging.emulator.createQueue(`source-${counter}`);
  const { queueUrl: deadLetterUrl } = await messaging.emulator.createQueue(`dead-${counter}`);
  source = { name: "SQS_PE", url, deadLetterUrl, maxReceiveCount: 3 };
});
afterEach(() => vi.restoreAllMocks());

/** Letters with these words fail with this error. */
const failing = (errors: Record<string, AppError> = {}): Consumer<Letter> => ({
  source,
  client: messaging.sqs,
  parse: (json) => {
    const { word } = json as Partial<Letter>;
    if (typeof word === "string") return { word };
    throw new AppError("message_invalid", "#/word is missing");
  },
  process: async (letters) => letters.map(({ word }) => errors[word]),
});

const letter = (word: string, parts: Parameters<typeof record>[1] = {}) => record(JSON.stringify({ word }), parts);
const idsOf = ({ batchItemFailures }: Awaited<ReturnType<typeof consume>>) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const buried = () => messaging.emulator.inspectQueue(`dead-${counter}`)?.messages.ready ?? [];

const passing = new AppError("bus_unavailable", "Try later");
const permanent = new AppError("appointment_unknown", "No such appointment");

test("what is done is not named in the answer", async () => {
  expect(await consume(batchOf(letter("a"), letter("b")), failing())).toEqual({ batchItemFailures: [] });
  expect(buried()).toEqual([]);
});

test("one poison message in a batch: it goes to the dead letters, the others go through", async () => {
  const done: string[] = [];
  const consumer = failing();
  const process = (letters: Letter[]) => {
    done.push(...letters.map(({ word }) => word));
    return consumer.process(letters);
  };
  const answer = await consume(batchOf(letter("a"), record("{broken"), record("{}"), letter("b")), {
    ...consumer,
    process,
  });
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(done).toEqual(["a", "b"]);
  expect(buried().map(({ body }) => body)).toEqual(["{broken", "{}"]);
});

test("a batch of poison only asks for no work", async () => {
  const process = vi.fn(failing().process);
  await consume(batchOf(record("x")), { ...failing(), process });
  expect(process).not.toHaveBeenCalled();
});

test("a dead letter is as it came, with its cause and where to find it in the log", async () => {
  const poison = record("not json 00042", {
    attributes: {
      countryISO: { stringValue: "PE", dataType: "String" },
      weight: { stringValue: "7", dataType: "Number" },
      picture: { binaryValue: Buffer.from([0, 255]).toString("base64"), dataType: "Binary" },
      cause: { stringValue: "what it was before it was redriven", dataType: "String" },
    },
  });
  await consume(batchOf(poison), failing());
  const [dead] = buried();
  expect(dead?.body).toBe("not json 00042");
  expect(dead?.messageAttributes).toMatchObject({
    countryISO: { DataType: "String", StringValue: "PE" },
    weight: { DataType: "Number", StringValue: "7" },
    picture: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]).toString("base64") },
    cause: { DataType: "String", StringValue: expect.stringMatching(/^message_not_json: The message is not JSON/) },
    sourceMessageId: { DataType: "String", StringValue: poison.messageId },
  });
  expect(logged()).toContain('"event":"message.buried"');
  expect(logged()).toContain(poison.messageId);
  expect(logged()).not.toContain("00042");
});

describe("ten attributes are what SQS takes", () => {
  const attribute = { stringValue: "x", dataType: "String" as const };
  const own = (count: number) => Array.from({ length: count }, (_, each) => `own${each}`);
  const deadWith = async (names: string[]) => {
    const attributes = Object.fromEntries(names.map((name) => [name, attribute]));
    await consume(batchOf(record("x", { attributes })), failing());
    return Object.keys(buried()[0]?.messageAttributes ?? {}).toSorted();
  };

  test("a message that has ten of its own loses two for its cause", async () => {
    expect(await deadWith(own(10))).toEqual(["cause", ...own(8), "sourceMessageId"]);
  });

  test("the cause of an earlier death takes no room from its own", async () => {
    expect(await deadWith(["cause", "sourceMessageId", ...own(8)])).toEqual(["cause", ...own(8), "sourceMessageId"]);
  });
});

test("a permanent error in the work is buried at once, too", async () => {
  expect(await consume(batchOf(letter("a"), letter("bad")), failing({ bad: permanent }))).toEqual({
    batchItemFailures: [],
  });
  expect(buried()).toMatchObject([
    { messageAttributes: { cause: { StringValue: "appointment_unknown: No such appointment" } } },
  ]);
});

test("a passing error: only that message comes again", async () => {
  const [good, bad] = [letter("good"), letter("bad")];
  expect(idsOf(await consume(batchOf(good, bad), failing({ bad: passing })))).toEqual([bad.messageId]);
  expect(buried()).toEqual([]);
  expect(logged()).toMatch(`"message.postponed","queue":"SQS_PE","messageId":"${bad.messageId}"`);
});

test("a passing error at the last delivery is buried, so that its cause is kept", async () => {
  const last = letter("bad", { receiveCount: 3 });
  expect(await consume(batchOf(last), failing({ bad: passing }))).toEqual({ batchItemFailures: [] });
  expect(buried()).toMatchObject([{ messageAttributes: { cause: { StringValue: "bus_unavailable: Try later" } } }]);
});

test("the database is down: all that could be read come again, the poison is buried", async () => {
  const [a, b] = [letter("a"), letter("b")];
  const process = async () => {
    throw new AppError("database_unavailable", "Try later");
  };
  const answer = await consume(batchOf(a, record("x"), b), { ...failing(), process });
  expect(idsOf(answer)).toEqual([a.messageId, b.messageId]);
  expect(buried()).toHaveLength(1);
});

test("a fault in our code comes again; nobody is to blame for it but us", async () => {
  const process = async (): Promise<undefined[]> => {
    throw new TypeError("x is undefined");
  };
  const bad = letter("a");
  expect(idsOf(await consume(batchOf(bad), { ...failing(), process }))).toEqual([bad.messageId]);
  expect(logged()).toContain("x is undefined");
});

test("the dead-letter queue cannot be reached: the message stays, nothing is dropped", async () => {
  source = { ...source, deadLetterUrl: `${source.deadLetterUrl}-gone` };
  const poison = record("x");
  expect(idsOf(await consume(batchOf(poison), failing()))).toEqual([poison.messageId]);
  expect(logged()).toMatch(`"message.not_buried","queue":"SQS_PE","messageId":"${poison.messageId}"`);
  expect(logged()).toContain("QueueDoesNotExist");
});

describe("the wait before the next delivery", () => {
  async function waitAfter(receiveCount: number): Promise<number> {
    await messaging.emulator.sendMessage(`source-${counter}`, JSON.stringify({ word: "bad" }));
    const { receiptHandle } = await messaging.receive(source.url);
    source = { ...source, maxReceiveCount: 100 };
    const before = Date.now();
    await consume(batchOf(letter("bad", { receiveCount, receiptHandle })), failing({ bad: passing }));
    const inflight = messaging.emulator.inspectQueue(`source-${counter}`)?.messages.inflight ?? [];
    const deadline = inflight.find((each) => each.receiptHandle === receiptHandle)?.visibilityDeadline ?? 0;
    return (deadline - before) / 1000;
  }

  test("grows with each delivery, with full jitter, up to 15 minutes", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999_999);
    for (const [receiveCount, seconds] of [
      [1, 4],
      [2, 8],
      [3, 16],
      [20, 900],
    ] as const) {
      expect(Math.abs((await waitAfter(receiveCount)) - seconds)).toBeLessThan(1.5);
    }
    vi.spyOn(Math, "random").mockReturnValue(0);
    expect(await waitAfter(5)).toBeLessThan(2.5);
  });

  test("is best effort: without it the message comes again all the same", async () => {
    const bad = letter("bad", { receiptHandle: "no such handle" });
    expect(idsOf(await consume(batchOf(bad), failing({ bad: passing })))).toEqual([bad.messageId]);
    expect(logged()).toContain("message.not_postponed");
  });
});
