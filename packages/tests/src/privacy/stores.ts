import { operatorOf } from "../integration/operator.ts";
import type { TestSystem } from "../integration/system.ts";
import { query } from "../kit/mysql.ts";
import { findInsured } from "./insured.ts";

/**
 * Finds an insured in everything that a system stores, in whatever encoding: every item of every table, every column of every
 * table of every country's database, and every message of every queue, whether it is visible or not.
 *
 * @returns one sentence for each place; none is well
 */
export async function insuredInStoresOf(system: TestSystem, insured: ReadonlySet<string>): Promise<string[]> {
  const places = { ...(await tables(system)), ...(await databases(system)), ...queues(system) };
  return Object.entries(places).flatMap(([place, texts]) =>
    findInsured(texts, insured).map((sentence) => `${place}: ${sentence}`),
  );
}

type Places = Record<string, string[]>;

async function tables(system: TestSystem): Promise<Places> {
  const operator = operatorOf(system);
  const items = await operator.items().finally(() => operator.close());
  return { DynamoDB: items.map((item) => JSON.stringify(item)) };
}

async function databases({ state }: TestSystem): Promise<Places> {
  const found: Places = {};
  for (const [country, url] of Object.entries(state.databases)) {
    const named = await query<{ name: string }>(
      url,
      "select table_name as name from information_schema.tables where table_schema = database()",
    );
    for (const { name } of named) {
      const rows = await query(url, "select * from ??", [name]);
      found[`MySQL ${country}.${name}`] = rows.map((row) => JSON.stringify(row));
    }
  }
  return found;
}

function queues(system: TestSystem): Places {
  const operator = operatorOf(system);
  const found: Places = {};
  for (const queue of Object.keys(system.state.queues)) {
    const { ready = [], delayed = [], inflight = [] } = operator.inspect(queue) ?? {};
    const messages = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
    found[queue] = messages.map((message) => JSON.stringify(message));
  }
  operator.close();
  return found;
}
