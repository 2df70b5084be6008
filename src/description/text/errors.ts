/** The load errors without a place in a file (service description 1.4, kinds S and G). */

import { LoadError, type LoadErrorFacts, type Location } from "../../model/mod.ts";
import { MissingVariable, SubstitutionError } from "./substitution.ts";

/**
 * An error of substitution, which names only the setting (kind S). That of a variable that the text requires also names
 * the line: `placeOf` gives it. Throws any other error.
 */
export function substitutionError(
  service: string,
  error: unknown,
  setting: string,
  placeOf?: (missing: MissingVariable) => Location | undefined,
): LoadError {
  if (!(error instanceof SubstitutionError)) throw error;
  const isMissing = error instanceof MissingVariable;
  return new LoadError("description", error.message, {
    service,
    setting,
    location: isMissing ? placeOf?.(error) : undefined,
    code: isMissing ? "missing-variable" : "substitution",
    cause: error,
  });
}

/** An error that concerns the service as a whole (kind G). The daemon's text gives no place. */
export function generalError(
  service: string,
  message: string,
  code: string,
  { cause, location, path }: Pick<LoadErrorFacts, "cause" | "location" | "path"> = {},
): LoadError {
  return new LoadError("load", message, { service, code, cause, location, path });
}
