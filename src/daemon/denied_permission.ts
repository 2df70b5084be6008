/** Recognises in the output of a service that Deno has denied it a permission. */

import type { ServiceDescription } from "../model/mod.ts";

/** The last words of Deno about a denied permission. */
const DENIED =
  /NotCapable: Requires (\w+) access(?: to (?:"((?:[^"\\]|\\.)*)"|<([^>]*)>))?, run again with the --allow-(\w+) flag/g;

/** What to add to the description; `undefined`: nothing was denied. */
export function deniedAdvice(output: string, { deno }: Pick<ServiceDescription, "deno">): string | undefined {
  const last = [...output.matchAll(DENIED)].at(-1);
  if (last === undefined) return undefined;
  const [, , quoted, , permission] = last;
  const object = quoted === undefined || /[\s,#]/.test(quoted) ? "" : `=${quoted}`;
  return deno.script.length > 0
    ? `Deno has denied it a permission: add the line 'deno-permissions += ${permission}${object}'`
    : `Deno has denied it a permission: add --allow-${permission}${object} to its command`;
}
