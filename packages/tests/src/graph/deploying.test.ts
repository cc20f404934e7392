import { readFile } from "node:fs/promises";
import { join } from "node:path";
import config from "@appointments/app/graph";
import { costOf, readPrices } from "@appointments/graph/cost";
import { deployPolicy } from "@appointments/graph/deploy/policy";
import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../repository.ts";
import { mistaken } from "./mistake.ts";
import { graphOf, some } from "./stage.ts";

const kinds = config.stages.filter(({ dev }) => !dev);
const graphs = new Map<string, Graph>();
beforeAll(async () => {
  for (const { kind, stage, env } of kinds) graphs.set(kind, await graphOf(stage, { env }));
});
const of = (kind: string): Graph => {
  const graph = graphs.get(kind);
  if (!graph) throw new Error(`No kind ${kind}`);
  return graph;
};

describe("costs", () => {
  test.each([
    ["named", 32],
    ["production", 140],
  ])("an idle stage of kind %s costs no more than %d USD a month, and all of it has a price", async (kind, most) => {
    const { monthly, unpriced, rows } = costOf(of(kind), await readPrices(join(root, config.cost.prices)));
    expect(unpriced).toEqual([]);
    // In cents: a sum of prices is a little off in binary.
    expect(Math.round(monthly * 100)).toBeLessThanOrEqual(most * 100);
    expect(rows.find(({ unit }) => unit.startsWith("hour of db"))?.monthly).toBeGreaterThan(10);
  });
});

describe("the deployer's policy", () => {
  test.each(kinds.map(({ kind }) => kind))("of kind %s reads no message, item or row, and fits a role", (kind) => {
    const policy = deployPolicy(of(kind));
    // Characters of a role's inline policies: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(policy).length).toBeLessThan(10_240);
    const data =
      /^(sqs:(Send|Receive|Delete|Purge)Message|sqs:Purge|sns:Publish|events:PutEvents|dynamodb:.*(Item|Query|Scan)|rds-data|rds-db|\*|[a-z0-9]+:\*)/;
    for (const { Action } of some(policy.Statement)) for (const action of Action) expect(action).not.toMatch(data);
  });

  test("it holds for this stage's names only, where AWS takes names", () => {
    const { Statement } = deployPolicy(of("production"));
    const withNames = Statement.filter(({ Action }) =>
      /^(dynamodb|iam|lambda|rds|secretsmanager|sns|sqs):/.test(Action[0] ?? ""),
    );
    for (const { Action, Resource } of some(withNames)) {
      if (/EventSourceMapping|Describe|CreateServiceLinkedRole/.test(Action[0] ?? "")) continue;
      for (const resource of Resource) expect(resource, Action.join()).toContain("appointments-production-");
    }
  });

  test("a stage that creates no database gets no right to make one", () => {
    const actions = deployPolicy(of("production-given")).Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("sqs:CreateQueue");
    expect(actions.filter((action) => /^(rds|ec2:Create)/.test(action))).toEqual([]);
  });

  test("a type of resource that is not known is refused by name", () => {
    const changed = mistaken(of("named"), ({ again }) => {
      again("BusBus", "Cache").type = "aws:elasticache/cluster:Cluster";
    });
    expect(() => deployPolicy(changed)).toThrow("The actions for aws:elasticache/cluster:Cluster are not known");
  });
});

describe("the workflows", () => {
  const jobsOf = async (file: string) => {
    const text = await readFile(join(root, ".github/workflows", file), "utf8");
    const [head = "", body = ""] = text.split(/^jobs:\n/m);
    const jobs = body.split(/^ {2}(?=[a-z-]+:\n)/m).filter((job) => /^[a-z-]+:/.test(job));
    return { text, head, jobs: new Map(jobs.map((job) => [job.slice(0, job.indexOf(":")), job])) };
  };

  test.each(["check.yml", "deploy.yml", "graph.yml"])(
    "%s uses actions by commit, and leaves no token in the working copy",
    async (file) => {
      const { text } = await jobsOf(file);
      const uses = some([...text.matchAll(/uses: ([^.\s]\S*)(.*)/g)]);
      for (const [, action = "", comment] of uses) {
        expect(action).toMatch(/@[0-9a-f]{40}$/);
        expect(comment, action).toMatch(/^ # v\d+\.\d+\.\d+$/);
      }
      const checkouts = text.split(/uses: actions\/checkout/).slice(1);
      for (const checkout of some(checkouts))
        expect(checkout.split(/^ {6}- /m)[0]).toContain("persist-credentials: false");
    },
  );

  test("only the deploying job may become somebody on AWS, and it runs no package's scripts", async () => {
    const { head, jobs } = await jobsOf("deploy.yml");
    expect(head).not.toContain("id-token");
    const withToken = [...jobs].filter(([, job]) => job.includes("id-token: write"));
    expect(withToken.map(([name]) => name)).toEqual(["deploy"]);
    const deploy = jobs.get("deploy") ?? "";
    expect(deploy).toContain("install --frozen-lockfile --ignore-scripts");
    expect(deploy).not.toMatch(/npm (run|start|test|ci|install)|apt-get|\.ci\/run/);
    for (const other of ["check.yml", "graph.yml"]) expect((await jobsOf(other)).text, other).not.toContain("id-token");
  });

  test("who deploys by hand can say that a country's database moves, each country's by a word of its own", async () => {
    const { head, jobs } = await jobsOf("deploy.yml");
    const codes = new Set(of("production").functions.flatMap(({ environment: { COUNTRY } }) => COUNTRY ?? []));
    for (const code of some([...codes])) {
      const input = `move_database_${code.toLowerCase()}`;
      expect(head, input).toMatch(new RegExp(`workflow_dispatch:\n {4}inputs:\n(?: {6}.*\n)*? {6}${input}:\n`));
      expect(jobs.get("deploy")).toContain(`MOVE_DATABASE_${code}: \${{ inputs.${input} }}\n`);
    }
  });

  test("its inputs are what docs/deploying.md says, by name", async () => {
    const { head } = await jobsOf("deploy.yml");
    const inputs = [...(head.split(/^ {4}inputs:\n/m)[1] ?? "").matchAll(/^ {6}([a-z_]+):$/gm)].map(([, name]) => name);
    const page = await readFile(join(root, "docs/deploying.md"), "utf8");
    for (const name of some(inputs)) expect(page).toContain(`\`${name}\``);
  });

  test("what is deployed has passed the check, and production comes from main only", async () => {
    const { text, jobs } = await jobsOf("deploy.yml");
    expect(jobs.get("check")).toContain("uses: ./.github/workflows/check.yml");
    expect(jobs.get("deploy")).toMatch(/needs: \[?[a-z, ]*check/);
    expect(jobs.get("deploy")).toMatch(/needs: \[?[a-z, ]*allowed/);
    expect(jobs.get("allowed")).toMatch(/merge-base --is-ancestor "\$GITHUB_SHA" origin\/main/);
    expect(jobs.get("allowed")).toContain("prod*");
    // Values of others reach a shell as variables, never as text of the script.
    for (const [, script = ""] of text.matchAll(/run: \|?\n?((?: {10}.*\n)+|.*)/g)) expect(script).not.toContain("${{");
  });
});
