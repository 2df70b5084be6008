/** The token. Anybody who knows it may use the daemon over a port. */

import { reasonText } from "../../model/mod.ts";
import { WebFailure } from "./failure.ts";

/** The bytes of a new token: nobody can guess them. */
const TOKEN_BYTES = 32;
/** The permissions that others would need to read or change the file. */
const OTHERS = 0o077;
const BASE64_URL: Readonly<Record<string, string>> = { "+": "-", "/": "_", "=": "" };

/** A new token. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (character) => BASE64_URL[character]);
}

/** Reads the token in a file, which only its owner may read; creates a missing file. Throws `WebFailure`. */
export function tokenOfFile(path: string): string {
  try {
    using file = Deno.openSync(path);
    // Of the open file, so that nobody can replace it between the look and the read.
    const { isFile, mode, uid } = file.statSync();
    if (!isFile) throw new WebFailure(`the token file ${path} is no regular file; name a file`);
    if (((mode ?? 0) & OTHERS) !== 0) {
      throw new WebFailure(
        `others may read the token file ${path} (mode ${
          ((mode ?? 0) & 0o777).toString(8)
        }); make a new token ` +
          `and protect it: chmod 600 ${path}`,
      );
    }
    const own = Deno.uid();
    if (uid !== null && uid !== own && uid !== 0) {
      throw new WebFailure(
        `the token file ${path} belongs to another user; it should belong to user ${own} or root`,
      );
    }
    const bytes = new Uint8Array(4096);
    const token = new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)).trim();
    if (!/^[\x21-\x7e]{1,1024}$/.test(token)) {
      throw new WebFailure(`the token file ${path} should have one line of ASCII characters without blanks`);
    }
    return token;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return createTokenFile(path);
    if (error instanceof WebFailure || !(error instanceof Error)) throw error;
    throw new WebFailure(`cannot read the token file ${path}: ${reasonText(error)}`, error);
  }
}

function createTokenFile(path: string): string {
  const token = newToken();
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    file.writeSync(new TextEncoder().encode(`${token}\n`));
    return token;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new WebFailure(`cannot create the token file ${path}: ${reasonText(error)}`, error);
  }
}

/** Whether a request has the token in `Authorization: Bearer TOKEN`. Takes the same time for each wrong token. */
export function hasToken(authorization: string | null, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  const wanted = new TextEncoder().encode(token);
  const bytes = new TextEncoder().encode(given);
  let difference = bytes.length ^ wanted.length;
  for (let index = 0; index < wanted.length; index++) difference |= wanted[index] ^ (bytes[index] ?? 0);
  return difference === 0;
}
