import { installedProvider, lint } from "@appointments/graph/rule/lint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, graphOf } from "../graph/stage.ts";
import { root } from "../repository.ts";
import { type Exercise, openExercise } from "./exercise.ts";

let exercise: Exercise;
beforeAll(async () => {
  exercise = await openExercise();
});
afterAll(() => exercise?.remove());

/** docs/changing.md, "Add a queue". */
test("a queue with a consumer on the bus: declared in one place, named in one other, and every rule holds", {
  timeout: 180_000,
}, async () => {
  await exercise.edit(
    "sst.config.ts",
    "    // 2. Each country decides",
    `    const audits = queueWithDlq("SQS_AUDIT", { consumerTimeoutSeconds: 30, maxReceiveCount: 5 });
    busToQueue("Audited", bus, audits, {
      source: Object.values(countries).map((country) => eventSource(country.code)),
      "detail-type": outcomeTypes,
    });
    const audit = consume("audit", audits, {
      handler: "packages/functions/src/audit.handler",
      description: "Counts what was decided",
      timeoutSeconds: 30,
      batch: { size: 10, windowSeconds: 0 },
      maximumConcurrency: 2,
    });
    watch.queue(audits);
    watch.fn("audit", audit, 30);
    outcomeReaders.push(audit.nodes.function);

    // 2. Each country decides`,
  );
  await exercise.edit(
    "packages/core/src/aws/client.ts",
    '"SQS_CONFIRMATION"] as const',
    '"SQS_CONFIRMATION", "SQS_AUDIT"] as const',
  );
  await exercise.write(
    "packages/functions/src/audit.ts",
    `import type { AppointmentOutcome } from "@appointments/core/appointment/event";
import { sqs } from "@appointments/core/aws/sqs";
import { log } from "@appointments/core/log";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { sourceQueue } from "./environment.ts";
import { consume } from "./queue/consume.ts";
import { parseDelivered } from "./queue/message.ts";

const consumer = {
  source: sourceQueue(),
  client: sqs(),
  parse: parseDelivered,
  process: async (outcomes: AppointmentOutcome[]) => {
    log.info("outcomes.counted", { count: outcomes.length });
    return outcomes.map(() => undefined);
  },
};

export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => consume(event, consumer);
`,
  );

  // `npm run graph -- --write` writes this.
  const declared = (name: string) => `    "${name}": {\n      "type": "sst.aws.Queue"\n      "url": string\n    }\n`;
  await exercise.edit(
    "sst-env.d.ts",
    declared("SQS_CL"),
    ["SQS_AUDIT", "SQS_AUDIT_DLQ", "SQS_CL"].map(declared).join(""),
  );

  const [before, after] = [await graphOf("production"), await graphOf("production", { root: exercise.root })];
  expect(await exercise.types()).toEqual([]);
  expect(await exercise.graphTypes()).toBe("");
  expect(lint(after, await installedProvider(root), account)).toEqual([]);

  const added = (pick: (graph: typeof before) => { name: string }[]) => {
    const known = new Set(pick(before).map(({ name }) => name));
    return pick(after).flatMap(({ name }) => (known.has(name) ? [] : [name]));
  };
  expect(added((graph) => graph.queues)).toEqual(["SQS_AUDIT", "SQS_AUDIT_DLQ"]);
  expect(added((graph) => graph.functions)).toEqual(["audit"]);
  const unchanged = (graph: typeof before) => graph.functions.filter(({ name }) => name !== "audit");
  expect(unchanged(after)).toEqual(unchanged(before));
});
