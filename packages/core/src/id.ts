import { parse, stringify, v7, validate, version } from "uuid";
import * as v from "valibot";

/** A new appointment id: UUIDv7 (RFC 9562), so that ids sort by time of creation. */
export const newId = (): string => v7();

/** UUIDv7 in lower case, the one form we write: another spelling of the same id would be another DynamoDB key. */
export const id = v.pipe(
  v.string("must be a UUIDv7 in lower case"),
  v.check(
    (text) => validate(text) && version(text) === 7 && text === text.toLowerCase(),
    "must be a UUIDv7 in lower case",
  ),
);

/** An id as its 16 bytes, and back. `idOfBytes` throws when they are no UUID. */
export const bytesOfId = (id: string): Uint8Array => parse(id);
export const idOfBytes = (bytes: Uint8Array): string => stringify(bytes);
