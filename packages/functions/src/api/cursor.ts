import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Caller } from "@appointments/core/appointment/caller";
import type { ListFilter } from "@appointments/core/appointment/list";
import { bytesOfId, idOfBytes } from "@appointments/core/id";
import { Refusal } from "./problem.ts";

/** The list that a cursor belongs to. */
export interface CursorList {
  caller: Caller;
  insuredId: string;
  filter: ListFilter;
}

export interface Cursors {
  /** The cursor to what comes after this appointment id. */
  seal(list: CursorList, after: string): string;
  /** The appointment id in a cursor. Throws `cursor_invalid` unless it was sealed with this key for this very list. */
  open(list: CursorList, cursor: string): string;
}

const algorithm = "aes-256-gcm";
const [nonceBytes, idBytes, tagBytes] = [12, 16, 16];

/**
 * Cursors that only we can make, and only for one caller, insured and filter: sealed (encrypted and authenticated), with
 * the list as associated data. Encrypted, because a page that was cut short may end at an appointment that its caller
 * does not reach. With a new secret every cursor is invalid, and the client begins anew: docs/adr/0014.
 *
 * @param secret of the stage: 32 random characters or more
 * Source: NIST SP 800-38D. A nonce is random; a key seals 2^32 cursors before that is a risk (8.3).
 */
export function cursorsOf(secret: string): Cursors {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "list cursor", 32));
  return {
    seal(list, after) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(bindingOf(list));
      const sealed = Buffer.concat([cipher.update(bytesOfId(after)), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url");
    },
    open(list, cursor) {
      const bytes = Buffer.from(cursor, "base64url");
      // Compared, because base64url has many spellings and we have one.
      if (bytes.length !== nonceBytes + idBytes + tagBytes || bytes.toString("base64url") !== cursor) throw invalid();
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(bindingOf(list)).setAuthTag(bytes.subarray(-tagBytes));
      const after = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      try {
        decipher.final();
      } catch {
        throw invalid();
      }
      return idOfBytes(after);
    },
  };
}

/** The list in bytes, unlike those of any other. The page's length is not in it: it may change on the way. */
function bindingOf({ caller, insuredId, filter }: CursorList): Buffer {
  const { status, countries, from, to } = filter;
  const list = [caller.kind, caller.id, insuredId, status ?? null, countries ?? null, from ?? null, to ?? null];
  return Buffer.from(JSON.stringify(list));
}

const invalid = () =>
  new Refusal("cursor_invalid", {
    errors: [{ parameter: "cursor", detail: "is not a nextCursor of this list", code: "invalid" }],
  });
