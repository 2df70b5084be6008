/** The findings of the checker, independent of their form. */

import type { Location } from "../../model/mod.ts";

/**
 * - `error`: a description is wrong, or something that it names does not exist.
 * - `warning`: the daemon would load the service, but it would hardly do what its author meant.
 * - `note`: useful to know; the exit status does not change.
 */
export type Severity = "error" | "warning" | "note";

/**
 * The origin of a finding.
 *
 * - `reference`: dinit 0.22.1 reports the same, in the same words.
 * - `habit`: only this checker reports it. Another program would understand the text, and no correct description
 *   contains it.
 * - `advice`: only this checker reports it, and only with explanations: a correct description may contain it.
 * - `portable`: only `--portable` reports it: dinit 0.22.1 refuses the line.
 */
export type Origin = "reference" | "habit" | "advice" | "portable";

/** One problem. */
export interface Finding {
  /** The full name of the service; empty if it concerns no service, such as an error in the environment file. */
  readonly service: string;
  readonly severity: Severity;
  /** A short constant name for the kind of finding, for programs. */
  readonly code: string;
  /** The problem, without its prefix and suffix. */
  readonly message: string;
  /** The complete text for people: the reference's lines, without a newline at the end (cli 5.5). */
  readonly text: string;
  /** Its place. @default the description file of the service, if it has one */
  readonly place?: Partial<Location>;
  readonly setting?: string;
  /** @default "reference" */
  readonly origin?: Origin;
  /** The probable intention. */
  readonly suggestion?: string;
  /** A remedy, or more about the file, if the message does not contain it. */
  readonly remedy?: string;
  /** The service that names the missing service, and where. */
  readonly neededBy?: { readonly service: string; readonly place: Location };
}

/** Receives the progress and the findings of the checker, in order. */
export interface Reporter {
  /** The check of a service begins. */
  checking(service: string): void;
  finding(finding: Finding): void;
  /** All services were checked separately; checks across services begin. */
  secondary(): void;
  secondaryDone(): void;
  /** The end. @param clean whether no finding counts */
  end(clean: boolean): void;
}
