import { parse, stringify, v7 } from "uuid";
import * as v from "valibot";

/** A new appointment id: UUIDv7 (RFC 9562), so that ids sort by time of creation. */
export const newId = (): string => v7();

/** UUIDv7 in lower case, the one form we write: another spelling of the same id would be another DynamoDB key. */
export const id = v.pipe(
  v.string("must be a UUIDv7 in lower case"),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "must be a UUIDv7 in lower case"),
);

/** An id as its 16 bytes, and back. `idOfBytes` throws when they are no UUID. */
export const bytesOfId = (id: string): Uint8Array => parse(id);
export const idOfBytes = (bytes: Uint8Array): string => stringify(bytes);
