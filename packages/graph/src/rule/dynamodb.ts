import type { GraphResource } from "../graph.ts";
import { each, type Rule } from "./rule.ts";

const table = "aws:dynamodb/table:Table";
const createTable = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html";

interface Index {
  name?: string;
  hashKey?: string;
  rangeKey?: string;
}

export const dynamodbRules: Rule[] = [
  each(
    table,
    {
      name: "dynamodb.attributes",
      says: "A table declares exactly the attributes that are keys of it or of its indexes.",
      page: createTable,
    },
    (resource) => {
      const declared = new Set(list<{ name: string }>(resource.inputs.attributes).map(({ name }) => name));
      const keys = new Set(
        [resource.inputs as Index, ...indexes(resource)].flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]),
      );
      keys.delete(undefined);
      const missing = [...keys].filter((key) => !declared.has(key as string));
      if (missing.length > 0) return `${missing.join(", ")} is a key and no attribute. Declare it.`;
      const spare = [...declared].filter((name) => !keys.has(name));
      return spare.length === 0
        ? undefined
        : `${spare.join(", ")} is declared and no key. Remove it: only keys are declared.`;
    },
  ),
  each(
    table,
    {
      name: "dynamodb.index-name",
      says: "An index has a name of 3 to 255 letters, digits, hyphens, underscores and dots, its own in the table.",
      page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    },
    (resource) => {
      const names = indexes(resource).map(({ name = "" }) => name);
      const wrong = names.find((name) => !/^[a-zA-Z0-9-_.]{3,255}$/.test(name));
      if (wrong !== undefined)
        return `Index ${JSON.stringify(wrong)} cannot be named so. Take 3 to 255 letters, digits and -_.`;
      return new Set(names).size === names.length
        ? undefined
        : "Two indexes have one name. Name one of them differently.";
    },
  ),
  each(
    table,
    {
      name: "dynamodb.indexes",
      says: "A table has at most 20 global and 5 local indexes.",
      page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
    },
    ({ inputs }) => {
      const [global, local] = [list(inputs.globalSecondaryIndexes).length, list(inputs.localSecondaryIndexes).length];
      return global <= 20 && local <= 5
        ? undefined
        : `It has ${global} global indexes of 20 and ${local} local ones of 5.`;
    },
  ),
  each(
    table,
    {
      name: "dynamodb.ttl",
      says: "The attribute that says when an item expires is no key's.",
      page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-how-to.html",
    },
    (resource) => {
      const ttl = resource.inputs.ttl as { enabled?: boolean; attributeName?: string } | undefined;
      if (!ttl?.enabled) return undefined;
      if (!ttl.attributeName) return "ttl is on and names no attribute. Give attributeName.";
      return [resource.inputs.hashKey, resource.inputs.rangeKey].includes(ttl.attributeName)
        ? `ttl names ${ttl.attributeName}, a key. Give an attribute of its own.`
        : undefined;
    },
  ),
];

function indexes({ inputs }: GraphResource): Index[] {
  return [...list<Index>(inputs.globalSecondaryIndexes), ...list<Index>(inputs.localSecondaryIndexes)];
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
