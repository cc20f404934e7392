import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRepository, type RepositoryCopy } from "../repository.ts";
import { graphOf } from "./stage.ts";

let copy: RepositoryCopy;
beforeAll(async () => {
  copy = await copyRepository();
});
afterAll(() => copy?.remove());

test("a third country is one entry in the registry, its table and one folder", { timeout: 120_000 }, async () => {
  const country = join(copy.root, "packages/core/src/country");
  await cp(join(country, "pe/migrations"), join(country, "bo/migrations"), { recursive: true });
  await copy.surround(`
    const { countries } = await import("./packages/core/src/country/country.ts");
    const retention = { days: 1_827, law: "a law of Bolivia" };
    Object.assign(countries, { BO: { code: "BO", name: "Bolivia", suffix: "Bo", retention } });`);

  const [before, after] = [await graphOf("production"), await graphOf("production", { root: copy.root })];

  const added = <T extends { name: string }>(pick: (graph: typeof before) => T[]) => {
    const known = new Set(pick(before).map(({ name }) => name));
    return pick(after).flatMap(({ name }) => (known.has(name) ? [] : [name]));
  };
  expect(added((graph) => graph.queues)).toEqual(["SQS_BO", "SQS_BO_DLQ"]);
  expect(added((graph) => graph.functions)).toEqual(["appointmentBo", "eraseBo", "lookupBo", "migrateBo"]);
  expect(added((graph) => graph.databases)).toEqual(["MysqlBo"]);
  expect(added((graph) => graph.mappings)).toHaveLength(1);
  expect(after.subscriptions.map(({ filterPolicy }) => filterPolicy)).toContainEqual({ countryISO: ["BO"] });
  expect(after.rules.flatMap(({ pattern }) => pattern.source)).toContain("appointments.bo");
  expect(after.functions.find(({ name }) => name === "appointmentBo")?.environment).toMatchObject({
    COUNTRY: "BO",
    QUEUE: "SQS_BO",
  });
});
