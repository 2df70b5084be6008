/** The load errors without a place in a file (service description 1.4, kinds S and G). */

import { LoadError, type LoadErrorFacts } from "../../model/mod.ts";
import { SubstitutionError } from "./substitution.ts";

/** An error of substitution, which names only the setting (kind S). Throws any other error. */
export function substitutionError(service: string, error: unknown, setting: string): LoadError {
  if (!(error instanceof SubstitutionError)) throw error;
  return new LoadError("description", error.message, {
    service,
    setting,
    code: "substitution",
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
