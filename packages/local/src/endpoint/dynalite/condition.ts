import { createRequire } from "node:module";
import type { Item } from "../../aws/capacity.ts";

const parameter = "ReturnValuesOnConditionCheckFailure";

interface Asked {
  [parameter]?: string;
}

/** dynalite's own `db` module; its actions call it through the module. */
interface Db {
  checkConditional: (asked: Asked, existing: Item | undefined) => { body?: Record<string, unknown> } | undefined;
}

/** What dynalite knows of an action's parameters; it drops all others. */
interface Validation {
  types: Record<string, unknown>;
}

let repaired = false;

/**
 * Makes dynalite send the item along with a failed condition when the caller asks for it.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function answerConditions(): void {
  if (repaired) return;
  repaired = true;
  const require = createRequire(import.meta.url);
  for (const action of ["putItem", "updateItem", "deleteItem"]) {
    const { types } = require(`dynalite/validations/${action}`) as Validation;
    types[parameter] = { type: "String", enum: ["ALL_OLD", "NONE"] };
  }
  const db = require("dynalite/db") as Db;
  const { checkConditional } = db;
  db.checkConditional = (asked, existing) => {
    const failure = checkConditional(asked, existing);
    if (failure?.body && existing && asked[parameter] === "ALL_OLD") {
      failure.body.Item = existing;
    }
    return failure;
  };
}
