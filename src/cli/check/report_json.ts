/** The checker's findings for programs: `dinit check --json`. */

import type { CtlIo } from "../shared/io.ts";
import type { Finding, Reporter, Severity } from "./finding.ts";

/**
 * One element of the array that `dinit check --json` writes. Every object has all fields; `null` means unknown or not
 * applicable. Later versions may add fields and codes; existing ones keep their meaning.
 */
export interface CheckRecord {
  /** The full name of the service. */
  readonly service: string | null;
  /** The file as the daemon names it: the service directory and the base name, or an include path as written. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  /** From 1, in characters. */
  readonly column: number | null;
  readonly setting: string | null;
  /** Errors and warnings make the exit status 1; notes do not. */
  readonly severity: Severity;
  /** A short constant name for the kind of finding. */
  readonly code: string;
  readonly message: string;
  /** The probable intention. */
  readonly suggestion: string | null;
  /** A remedy, or more about the file. */
  readonly remedy: string | null;
  /** The service that names the missing one; `file`, `line` and `column` then give the place. */
  readonly neededBy: string | null;
}

/** Writes everything to standard output, as one array, at the end. */
export function jsonReporter(io: CtlIo): Reporter {
  const records: string[] = [];
  return {
    checking() {},
    finding: (finding) => records.push(JSON.stringify(checkRecord(finding))),
    secondary() {},
    secondaryDone() {},
    end: () => io.out(records.length === 0 ? "[]\n" : `[\n  ${records.join(",\n  ")}\n]\n`),
  };
}

/** A finding as a record. */
function checkRecord(finding: Finding): CheckRecord {
  const { service, place, setting, severity, code, message, suggestion, remedy, neededBy } = finding;
  return {
    service: service === "" ? null : service,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    setting: setting ?? null,
    severity,
    code,
    message,
    suggestion: suggestion ?? null,
    remedy: remedy ?? null,
    neededBy: neededBy?.service ?? null,
  };
}
