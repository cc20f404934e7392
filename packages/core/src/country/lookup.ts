import * as v from "valibot";
import { insuredId } from "../appointment/appointment.ts";
import type { Database } from "../database/database.ts";
import { id as appointmentId } from "../id.ts";
import type { CountryCode } from "./country.ts";
import { countryTables, type Row, readBack, rowsAfter, rowsOfInsured, slotsHeldTwice } from "./row.ts";

/*
 * What operators ask of a country's rows. A stage's database is in a VPC, so there a function answers (`lookupPe`, …), to
 * whom IAM lets invoke it; elsewhere the database itself. It reads, and changes nothing.
 */

export interface Rows {
  /** The rows of these appointments that there are; at most 1,000. */
  of: (appointmentIds: string[]) => Promise<Row[]>;
  /** A page of all rows in the order of their ids, after one id; at most 1,000. */
  after: (id: string, pageSize: number) => Promise<Row[]>;
  /** A page of an insured's rows in the order of their ids, after one id; at most 1,000. */
  ofInsured: (insuredId: string, after: string, pageSize: number) => Promise<Row[]>;
  /** Slots that more than one live row holds. The unique key forbids it: one here means that the key is missing. */
  heldTwice: () => Promise<number[]>;
}

const most = 1_000;

const after = v.union([v.literal(""), appointmentId]);
const pageSize = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** A question, as it travels to the function. */
export const lookupRequest = v.variant("ask", [
  v.strictObject({ ask: v.literal("of"), ids: v.pipe(v.array(appointmentId), v.maxLength(most)) }),
  v.strictObject({ ask: v.literal("after"), id: after, pageSize }),
  v.strictObject({ ask: v.literal("ofInsured"), insuredId, after, pageSize }),
  v.strictObject({ ask: v.literal("heldTwice") }),
]);

export type LookupRequest = v.InferOutput<typeof lookupRequest>;

/** The rows as the database has them. */
export function rowsIn(database: Database, code: CountryCode): Rows {
  const table = countryTables[code];
  return {
    of: async (ids) => {
      const named = ids.map((appointmentId) => ({ appointmentId }));
      return [...(await database.run((db) => readBack(db, table, named))).values()];
    },
    after: (id, pageSize) => database.run((db) => rowsAfter(db, table, id, pageSize)),
    ofInsured: (who, after, pageSize) => database.run((db) => rowsOfInsured(db, table, who, after, pageSize)),
    heldTwice: () => database.run(async (db) => (await slotsHeldTwice(db, table)).map(({ scheduleId }) => scheduleId)),
  };
}

/** The answer to a question, as it travels back: JSON, dates as text. */
export function answer(rows: Rows, request: LookupRequest): Promise<Row[] | number[]> {
  switch (request.ask) {
    case "of":
      return rows.of(request.ids);
    case "after":
      return rows.after(request.id, request.pageSize);
    case "ofInsured":
      return rows.ofInsured(request.insuredId, request.after, request.pageSize);
    case "heldTwice":
      return rows.heldTwice();
  }
}

const date = v.pipe(v.string(), v.isoTimestamp(), v.toDate());
/** A column that is forgotten here does not compile. */
const columns = {
  id: v.string(),
  insuredId: v.string(),
  scheduleId: v.number(),
  status: v.string(),
  reason: v.nullable(v.string()),
  version: v.number(),
  createdAt: date,
  updatedAt: date,
  liveScheduleId: v.nullable(v.number()),
  changes: v.number(),
  refusedScheduleId: v.nullable(v.number()),
  heldBy: v.nullable(v.string()),
} satisfies Record<keyof Row, v.GenericSchema>;
const rowAnswer = v.array(v.object(columns));

/**
 * The rows as the function answers.
 *
 * @param ask sends a question to the country's function, and gives its answer back
 */
export function rowsBehind(ask: (request: LookupRequest) => Promise<unknown>): Rows {
  // Words of statuses and reasons are text to MySQL; `Row` names those that we write, here as where the driver reads them.
  const rows = async (request: LookupRequest) => v.parse(rowAnswer, await ask(request)) as Row[];
  return {
    of: (ids) => rows({ ask: "of", ids }),
    after: (id, pageSize) => rows({ ask: "after", id, pageSize }),
    ofInsured: (insuredId, after, pageSize) => rows({ ask: "ofInsured", insuredId, after, pageSize }),
    heldTwice: async () => v.parse(v.array(v.number()), await ask({ ask: "heldTwice" })),
  };
}
