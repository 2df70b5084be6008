import { errnoOf, errnoText, missingGrantText } from "../model/mod.ts";

/** Why an operation failed: the system's words, or the missing grant. */
export function systemText(error: unknown): string {
  return error instanceof Deno.errors.NotCapable ? missingGrantText(error) : errnoText(errnoOf(error));
}
