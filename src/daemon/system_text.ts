import { errnoOf, errnoText, missingGrantText } from "../model/mod.ts";

/** Why something could not be done: the system's words, or the grant that is missing. */
export function systemText(error: unknown): string {
  return error instanceof Deno.errors.NotCapable ? missingGrantText(error) : errnoText(errnoOf(error));
}
