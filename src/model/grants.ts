import { errnoOf, errnoText } from "./errno.ts";

/**
 * The runtime's message about a denied permission, with the flag that grants it. For example `permission denied: run
 * access to "deno" is needed (grant --allow-run=deno)`.
 */
export function missingGrantText(error: Error): string {
  const pattern = /^Requires (\w+ access(?: to "(.*?)")?), .*(--allow-\w+)/s;
  const [, need, what, flag] = pattern.exec(error.message) ?? [];
  if (flag === undefined) return error.message;
  return `permission denied: ${need} is needed (grant ${flag}${what === undefined ? "" : `=${what}`})`;
}

/** Why something failed, in words: the grant that is missing, or the system's text for the error number. */
export function reasonText(error: unknown): string {
  return error instanceof Error && error.name === "NotCapable"
    ? missingGrantText(error)
    : errnoText(errnoOf(error));
}
