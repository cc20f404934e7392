import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMessaging } from "@appointments/tests/kit/emulator";
import { type MessageAttributeValue, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commandOf } from "../command.ts";
import { readOptions } from "../options.ts";
import type { Site } from "../site.ts";

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let folder: string;
let site: Site;
let names: { source: string; dead: string };
let printed: string[];
let noted: string[];
let counter = 0;

beforeAll(async () => {
  messaging = await startMessaging();
  folder = await mkdtemp(join(tmpdir(), "appointments-ops-"));
});
afterAll(async () => {
  await messaging?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  counter++;
  printed = [];
  noted = [];
  names = { source: `source-${counter}`, dead: `dead-${counter}` };
  const { queueUrl: url } = await messaging.emulator.createQueue(names.source);
  const { queueUrl: deadLetterUrl } = await messaging.emulator.createQueue(names.dead);
  const notHere = () => {
    throw new Error("Dead letters need queues only");
  };
  site = {
    name: "a test",
    sqs: messaging.sqs,
    queues: [{ name: "SQS_PE", url, deadLetterUrl }],
    get table() {
      return notHere();
    },
    publishRequested: notHere,
    publishOutcomes: notHere,
    busArn: notHere,
    get events() {
      return notHere();
    },
    rows: notHere,
    eraseRows: notHere,
    close: async () => {},
  };
});

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
const bury = (body: string, attributes: Record<string, MessageAttributeValue> = {}) =>
  messaging.sqs.send(
    new SendMessageCommand({
      QueueUrl: site.queues[0]?.deadLetterUrl,
      MessageBody: body,
      MessageAttributes: {
        cause: text("message_invalid: #/data is missing"),
        sourceMessageId: text("m1"),
        ...attributes,
      },
    }),
  );
const ops = async (line: string, confirm?: boolean): Promise<number> => {
  const { values, positionals } = readOptions(line.split(" "));
  const terminal = {
    out: (written: string) => printed.push(written),
    note: (written: string) => noted.push(written),
    confirm: confirm === undefined ? undefined : async () => confirm,
  };
  return commandOf(positionals, values)(site, terminal);
};
const visible = (queue: string) => messaging.emulator.inspectQueue(queue)?.messages.ready ?? [];

test("a list names each cause and consumes nothing", async () => {
  await bury("one");
  await bury("two", { cause: text("country_foreign: not ours") });
  expect(await ops("dlq list SQS_PE")).toBe(0);
  expect(printed.join()).toContain("message_invalid: #/data is missing");
  expect(printed.join()).toContain("country_foreign: not ours");
  expect(visible(names.dead)).toHaveLength(2);
});

test("a message is shown whole only when that is asked for", async () => {
  const { MessageId = "" } = await bury('{"insuredId":"00042"}');
  await ops(`dlq show SQS_PE_DLQ ${MessageId.slice(0, 8)}`);
  expect(printed.join()).not.toContain("00042");
  await ops(`dlq show SQS_PE ${MessageId} --show-personal`);
  expect(printed.join()).toContain('{"insuredId":"00042"}');
});

test("a redrive sends what came as it came, without what was added when it was buried", async () => {
  const binary = { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) };
  await bury("one", { countryISO: text("PE"), binary });
  expect(await ops("dlq redrive SQS_PE --rate 100/s")).toBe(0);
  expect(messaging.bodies(names.dead)).toEqual([]);
  const [message] = visible(names.source);
  expect(message?.body).toBe("one");
  expect(Object.keys(message?.messageAttributes ?? {}).toSorted()).toEqual(["binary", "countryISO"]);
});

test("a redrive ends at --max, and gives back what it did not send", async () => {
  for (let index = 0; index < 15; index++) await bury(`letter ${index}`);
  expect(await ops("dlq redrive SQS_PE --max 12 --rate 1000")).toBe(0);
  expect(visible(names.source)).toHaveLength(12);
  expect(visible(names.dead)).toHaveLength(3);
});

test("messages that are too large for one call together, by their attributes, go in more", async () => {
  for (let index = 0; index < 6; index++) await bury(`letter ${index}`, { large: text("x".repeat(200_000)) });
  expect(await ops("dlq redrive SQS_PE --rate 1000")).toBe(0);
  expect(visible(names.source)).toHaveLength(6);
  expect(visible(names.dead)).toEqual([]);
});

test("a redrive of one message leaves the others", async () => {
  await bury("one");
  const { MessageId } = await bury("two");
  expect(await ops(`dlq redrive SQS_PE --id ${MessageId}`)).toBe(0);
  expect(messaging.bodies(names.source)).toEqual(["two"]);
  expect(visible(names.dead).map(({ body }) => body)).toEqual(["one"]);
});

test("what the source queue does not take stays where it is", async () => {
  await bury("one");
  const [pair] = site.queues;
  if (pair) pair.url = pair.url.replace("source", "absent");
  await expect(ops("dlq redrive SQS_PE")).rejects.toThrow();
  expect(visible(names.dead)).toHaveLength(1);
});

test("a drop without a file, or with nobody to confirm, is refused; a no drops nothing", async () => {
  await bury("one");
  await expect(ops("dlq drop SQS_PE --yes")).rejects.toThrow("--file");
  await expect(ops(`dlq drop SQS_PE --file ${folder}/none`)).rejects.toThrow("--yes");
  expect(await ops(`dlq drop SQS_PE --file ${folder}/none`, false)).toBe(1);
  expect(visible(names.dead)).toHaveLength(1);
});

test("what is dropped is in the file first, whole and for its owner only", async () => {
  await bury('{"insuredId":"00042"}');
  await bury("two");
  const file = join(folder, "dropped.jsonl");
  expect(await ops(`dlq drop SQS_PE --file ${file}`, true)).toBe(0);
  expect(messaging.bodies(names.dead)).toEqual([]);
  const lines = (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ body }) => body).toSorted()).toEqual(["two", '{"insuredId":"00042"}']);
  expect(lines[0]).toMatchObject({ queue: "SQS_PE", cause: "message_invalid: #/data is missing" });
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(printed.join()).not.toContain("00042");
});

test("what was dropped can be put back, as it first came, once each", async () => {
  const binary = { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) };
  await bury("one", { countryISO: text("PE"), binary });
  for (let index = 0; index < 12; index++) await bury(`letter ${index}`);
  const file = join(folder, "again.jsonl");
  await ops(`dlq drop SQS_PE --file ${file} --yes`);
  await writeFile(file, (await readFile(file, "utf8")).repeat(2));

  expect(await ops(`dlq resend --file ${file} --rate 1000`)).toBe(0);
  expect(messaging.bodies(names.source)).toHaveLength(13);
  const [one, ...more] = visible(names.source).filter(({ body }) => body === "one");
  expect(more).toEqual([]);
  expect(Object.keys(one?.messageAttributes ?? {}).toSorted()).toEqual(["binary", "countryISO"]);
  expect(Buffer.from(one?.messageAttributes.binary?.BinaryValue ?? "", "base64")).toEqual(binary.BinaryValue);
  expect(visible(names.dead)).toEqual([]);
});

test("a file with more messages than --max: it says so, and how to send all", async () => {
  for (let index = 0; index < 3; index++) await bury(`letter ${index}`);
  const file = join(folder, "many.jsonl");
  await ops(`dlq drop SQS_PE --file ${file} --yes`);
  expect(await ops(`dlq resend --file ${file} --max 2 --rate 1000`)).toBe(0);
  expect(messaging.bodies(names.source)).toHaveLength(2);
  expect(noted.at(-1)).toBe("1 more are in the file: --max 3 sends all");
});

test("one message of a file is put back; a file with a line that is not drop's sends nothing", async () => {
  await bury("one");
  const { MessageId } = await bury("two");
  const file = join(folder, "some.jsonl");
  await ops(`dlq drop SQS_PE --file ${file} --yes`);
  expect(await ops(`dlq resend --file ${file} --id ${MessageId}`)).toBe(0);
  expect(messaging.bodies(names.source)).toEqual(["two"]);
  expect(await ops(`dlq resend --file ${file} --id no-such`)).toBe(1);

  await appendFile(file, '{"queue":"SQS_PE","body":"ha');
  await bury("three");
  await ops(`dlq drop SQS_PE --file ${file} --yes`);
  await expect(ops(`dlq resend --file ${file}`)).rejects.toThrow("Line 3");
  expect(JSON.parse((await readFile(file, "utf8")).split("\n")[3] ?? "")).toMatchObject({ body: "three" });
  expect(messaging.bodies(names.source)).toEqual(["two"]);
});

test("a file that cannot be written stops a drop before it began", async () => {
  await bury("one");
  await expect(ops(`dlq drop SQS_PE --yes --file ${folder}/no/such/folder`)).rejects.toThrow("ENOENT");
  expect(visible(names.dead)).toHaveLength(1);
});

test("queues are counted with their dead letters", async () => {
  await bury("one");
  expect(await ops("queues --json")).toBe(0);
  expect(JSON.parse(printed.join())).toMatchObject([{ queue: "SQS_PE", visible: 0, inFlight: 0, dead: 1 }]);
  expect(visible(names.dead)).toHaveLength(1);
});
