/**
 * The errors of service descriptions, as values with all facts. The daemon, the checker and the tools word them
 * differently (service description 1.4); `descriptionErrorText` is the daemon's wording.
 */

/** A physical line of a file. */
export interface Location {
  /** The file as the daemon names it: the service directory and the base name, or an include path as written. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters, where the faulty text begins; `undefined` if only the line is known. */
  readonly column?: number;
  /** Whether texts for people name the column, too: a file with several services. @default false */
  readonly exact?: boolean;
}

/** A place for people: `FILE:LINE`, with `:COLUMN` in a file with several services. */
export function placeText({ file, line, column, exact }: Location): string {
  return exact && column !== undefined ? `${file}:${line}:${column}` : `${file}:${line}`;
}

/**
 * - `description`: something in the text of a description is wrong (kinds L, LS and S of the specification).
 * - `load`: anything else: a missing file or dependency, a cycle, a mandatory setting absent (kind G).
 * - `not-found`: there is no description of that name (kind NF).
 */
export type LoadErrorKind = "description" | "load" | "not-found";

/** The facts of a `LoadError`. */
export interface LoadErrorFacts {
  /** The service that the message names: usually the base name, which stands for the description. */
  readonly service: string;
  /** The setting that is wrong. @default absent, the error concerns none */
  readonly setting?: string;
  /** The line that is wrong. @default absent, the error concerns none */
  readonly location?: Location;
  /** The full path of the file with the error, if the message does not contain it. */
  readonly path?: string;
  /** A short constant name for the kind of mistake, for programs (`dinit check --json`). */
  readonly code?: string;
  /** The error that led to this one. @default absent, none did */
  readonly cause?: unknown;
}

/** A service could not be loaded. `message` is the MSG of the specification, without a prefix. */
export class LoadError extends Error {
  /** Tells this class from others in texts. */
  override readonly name = "LoadError";
  /** What sort of thing is wrong. */
  readonly kind: LoadErrorKind;
  /** The service that the message names. */
  readonly service: string;
  /** The setting that is wrong, if the error concerns one. */
  readonly setting: string | undefined;
  /** The line that is wrong, if the error concerns one. */
  readonly location: Location | undefined;
  /** The full path of the file with the error, if the message does not contain it. */
  readonly path: string | undefined;
  /** A short constant name for the kind of mistake, for programs. */
  readonly code: string | undefined;

  /** Makes an error of a kind, with the facts that are known. */
  constructor(kind: LoadErrorKind, message: string, facts: LoadErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.service = facts.service;
    this.setting = facts.setting;
    this.location = facts.location;
    this.path = facts.path;
    this.code = facts.code;
  }
}

/** A client exceeds a limit of the daemon. The message names the limit. */
export class LimitError extends Error {
  /** Tells this class from others in texts. */
  override readonly name = "LimitError";
}

/** NF: no directory holds a description of that name. */
export function notFound(service: string): LoadError {
  return new LoadError("not-found", "service description not found.", { service, code: "not-found" });
}

/** The daemon's line for an error in the text of a description (envelopes L, LS and S). */
export function descriptionErrorText(error: LoadError): string {
  const { service, setting, location } = error;
  const where = `Error in service description for '${service}'`;
  if (location === undefined) return `${where} setting '${setting ?? ""}': ${error.message}`;
  const { file, line, column, exact } = location;
  const place = `(file ${file}, line ${line}${exact && column !== undefined ? `, column ${column}` : ""})`;
  if (setting === undefined) return `${where} ${place}: ${error.message}`;
  return `${where}: setting '${setting}' ${place}: ${error.message}`;
}
