import { randomBytes } from "node:crypto";
import { forgetQueues, forgetRules, forgetTables, forgetTopics } from "@appointments/local/endpoint/resources/forget";
import { putResources } from "@appointments/local/endpoint/resources/resources";
import { SQS } from "@aws-sdk/client-sqs";
import { clientsOf, destroy } from "../../kit/clients.ts";
import { graphOf, type Target, type Topology } from "../topology.ts";

/** As in sst.config.ts; SST begins the names of a stage's resources with it. */
const app = "appointments";

/*
 * AWS itself, beside a deployed stage, with the credentials and the region that the SDK finds. NOBODY HAS RUN THIS YET:
 * there was no account where it was written. It costs what the requests cost, well under a dollar.
 */

/**
 * Finds the stage by its queues, which bear its name, and so the account and the region.
 *
 * @throws when no stage is named, no credentials are found, or the stage is not deployed there
 */
export async function findStage(stage: string | undefined): Promise<Record<string, string>> {
  if (stage === undefined) throw new Error("--target aws needs --stage NAME, the name of a deployed stage.");
  console.log("  … AWS itself: nobody has run this yet; read what fails with that in mind");
  const sqs = new SQS({});
  try {
    const { QueueUrls: [QueueUrl] = [] } = await sqs.listQueues({ QueueNamePrefix: `${app}-${stage}-` });
    if (QueueUrl === undefined) {
      throw new Error(`Stage ${stage} has no queue in this account and region: npx sst deploy --stage ${stage}`);
    }
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["QueueArn"] });
    const [, , , region = "", account = ""] = Attributes?.QueueArn?.split(":") ?? [];
    return { FIDELITY_STAGE: stage, FIDELITY_REGION: region, FIDELITY_ACCOUNT: account };
  } finally {
    sqs.destroy();
  }
}

/** Makes the resources of a test file beside those of the stage, and removes them at its end. */
export async function startAtAws(topology: Topology): Promise<Target> {
  const { FIDELITY_STAGE: stage, FIDELITY_REGION: region = "", FIDELITY_ACCOUNT: account = "" } = process.env;
  if (stage === undefined) throw new Error("Run it by `npm run test:fidelity -- --target aws --stage NAME`.");
  const prefix = `${app}-${stage}-fidelity-${randomBytes(4).toString("hex")}`;
  const graph = graphOf({ region, account, prefix }, topology);
  const clients = clientsOf({ region, maxAttempts: 1 });
  const { queueUrls } = await putResources(graph, clients, {
    log: () => {},
    shared: { messaging: true, tables: true },
    enforced: true,
  });
  return {
    ...clients,
    version: `AWS ${region}`,
    url: `https://sqs.${region}.amazonaws.com`,
    region,
    account,
    graph,
    queueUrl: (name) => {
      const url = queueUrls.get(`${prefix}-${name}`);
      if (url === undefined) throw new Error(`No queue ${name}`);
      return url;
    },
    stop: async () => {
      await forgetRules(clients.events, graph);
      await forgetTopics(clients.sns, graph);
      await forgetQueues(clients.sqs, graph);
      await forgetTables(clients.dynamo, graph);
      destroy(clients);
    },
  };
}
