/** Names of services that come from somewhere else. */

import { isValidServiceName } from "../../model/mod.ts";

/** A longer name of a file is an error on most file systems; the ending `.env` must fit, too. */
const LONGEST_NAME = 200;

/**
 * A name for a service without an argument: letters, digits, `.`, `_`, `-`, `+`, `:` and characters beyond ASCII stay,
 * others become `-`.
 */
export function serviceName(raw: string): string {
  const name = raw.replaceAll(/[\0-\x20\x7f!-*,/;-@[-^`{-~]+/g, "-").replace(/^[.-]+/, "").slice(
    0,
    LONGEST_NAME,
  );
  return isValidServiceName(name) ? name : "unnamed";
}
