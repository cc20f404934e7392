import { readFile } from "node:fs/promises";
import type { Graph, GraphResource } from "../graph.ts";
import { at } from "../resource.ts";

/** List prices of one region on one day: JSON, made by hand, because AWS's price list is hundreds of megabytes. */
export interface Prices {
  region: string;
  /** The day on which they were written down, `2026-11-24`. */
  date: string;
  /** Hours in a month; AWS's calculator takes 730. */
  hours: number;
  prices: Price[];
  /** Resource types that AWS bills nothing for; a final `*` stands for any ending. */
  free: string[];
}

export interface Price {
  type: string;
  /** What of the resource it is for, where every resource of the type must have one such price, e.g. `instance`. */
  part?: string;
  /** Inputs that a resource must have for this price; `null` for one that is false or not set. */
  when?: Record<string, string | number | boolean | null>;
  /** What is counted, e.g. `hour in one zone`. */
  unit: string;
  usd: number;
  /** How many units a month: the product of `hours`, of numbers and of inputs by path (of a list its length). Absent for what is billed by use. */
  quantity?: (string | number)[];
  page: string;
}

export interface CostRow {
  type: string;
  names: string[];
  unit: string;
  /** Units a month of each of them; `undefined` for what is billed by use. */
  quantity?: number;
  usd: number;
  /** Dollars a month of all of them while nobody uses the stage. */
  monthly: number;
  page: string;
}

export interface Cost {
  rows: CostRow[];
  /** Resources that the file has no price for. */
  unpriced: string[];
  monthly: number;
}

/** What a stage costs a month while nobody uses it, dearest first, then what is billed by use. */
export function costOf(graph: Graph, prices: Prices): Cost {
  const rows = new Map<string, CostRow>();
  const unpriced: string[] = [];
  for (const resource of graph.resources) {
    if (
      prices.free.some((type) =>
        type.endsWith("*") ? resource.type.startsWith(type.slice(0, -1)) : type === resource.type,
      )
    )
      continue;
    const found = prices.prices.filter((price) => price.type === resource.type && applies(price, resource));
    const parts = prices.prices.flatMap(({ type, part }) => (type === resource.type && part ? part : []));
    const missing = [...new Set(parts)].filter((part) => !found.some((price) => price.part === part));
    if (found.length === 0) unpriced.push(`${resource.type} ${resource.name}`);
    for (const part of missing) unpriced.push(`${resource.type} ${resource.name} (${part})`);
    for (const price of found) {
      const quantity = price.quantity?.reduce<number>(
        (product, factor) => product * factorOf(factor, resource, prices),
        1,
      );
      const key = JSON.stringify([price, quantity]);
      const { type, unit, usd, page } = price;
      const row = rows.get(key) ?? {
        type,
        names: [],
        unit,
        usd,
        monthly: 0,
        page,
        ...(quantity !== undefined && { quantity }),
      };
      row.names.push(resource.name);
      row.monthly = row.names.length * (quantity ?? 0) * usd;
      rows.set(key, row);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => b.monthly - a.monthly || (a.type < b.type ? -1 : 1));
  return { rows: sorted, unpriced, monthly: sorted.reduce((sum, { monthly }) => sum + monthly, 0) };
}

const applies = ({ when = {} }: Price, resource: GraphResource): boolean =>
  Object.entries(when).every(([path, value]) =>
    value === null ? [undefined, null, false].includes(at(resource, path) as undefined) : at(resource, path) === value,
  );

function factorOf(factor: string | number, resource: GraphResource, { hours }: Prices): number {
  if (typeof factor === "number") return factor;
  if (factor === "hours") return hours;
  const value = at(resource, factor);
  if (Array.isArray(value)) return value.length;
  if (typeof value === "number") return value;
  throw new Error(`${resource.type} ${resource.name} has no number in ${factor}, by which it is billed.`);
}

/** The costs of a stage as a Markdown table. */
export function costTable(cost: Cost, { region, date }: Prices): string {
  const money = (amount: number) => amount.toFixed(2);
  const who = (names: string[]) =>
    names.length > 3 ? `${names.length} of them` : names.map((name) => `\`${name}\``).join(", ");
  const short = (type: string) => type.split(":").at(-1) ?? type;
  const fixed = cost.rows.filter(({ quantity }) => quantity !== undefined);
  const used = cost.rows.filter(({ quantity }) => quantity === undefined);
  const link = ({ page, unit }: CostRow) => `[${unit}](${page})`;
  return [
    `**${money(cost.monthly)} USD a month** while nobody uses it: list prices of ${region}, written down on ${date}, without free tiers and taxes. Check them before you rely on them.`,
    "",
    "| what | which | unit | units each | USD a unit | USD a month |",
    "| --- | --- | --- | --: | --: | --: |",
    ...fixed.map(
      (row) =>
        `| ${short(row.type)} | ${who(row.names)} | ${link(row)} | ${row.quantity} | ${row.usd} | ${money(row.monthly)} |`,
    ),
    ...used.map((row) => `| ${short(row.type)} | ${who(row.names)} | ${link(row)} | by use | ${row.usd} | 0.00 |`),
    ...(cost.unpriced.length > 0 ? ["", `No price is known of: ${cost.unpriced.join(", ")}.`] : []),
  ].join("\n");
}

/** @throws Error when the file is not there or holds no prices */
export async function readPrices(file: string): Promise<Prices> {
  const prices = JSON.parse(await readFile(file, "utf8")) as Partial<Prices>;
  if (!Array.isArray(prices.prices) || !Array.isArray(prices.free) || !prices.hours || !prices.region || !prices.date)
    throw new Error(`${file} holds no prices: see Prices in packages/graph/src/cost/cost.ts.`);
  return prices as Prices; // checked just above; written by hand beside its type
}
