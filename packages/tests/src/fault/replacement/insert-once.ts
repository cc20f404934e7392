import { decide as deciding } from "@appointments/core/country/decide";
import type { Sql } from "@appointments/core/database/database";

export * from "@appointments/core/country/decide";

/** Inserts without `onDuplicateKeyUpdate`: a request that comes again, or whose slot is held, is an error of the database. */
export const decide: typeof deciding = (database, ...rest) =>
  deciding({ ...database, run: (work) => database.run((db) => work(plain(db))) }, ...rest);

const plain = (db: Sql): Sql =>
  new Proxy(db, {
    get(target, name) {
      if (name !== "insert") return Reflect.get(target, name);
      return (table: Parameters<Sql["insert"]>[0]) => {
        const builder = target.insert(table);
        const values = builder.values.bind(builder) as (rows: object[]) => object; // Drizzle's overloads, of which decide.ts uses one
        return {
          values(rows: object[]) {
            const statement = values(rows);
            return Object.assign(statement, { onDuplicateKeyUpdate: () => statement });
          },
        };
      };
    },
  });
