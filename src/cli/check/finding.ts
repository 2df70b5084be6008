/** What the checker finds, before it is known in which form it is told. */

import type { Location } from "../../model/mod.ts";

/**
 * - `error`: a description is wrong, or something that it names is not there.
 * - `warning`: the daemon would load the service, but hardly as it is meant.
 * - `note`: worth knowing; the exit status does not change.
 */
export type Severity = "error" | "warning" | "note";

/**
 * Who says so.
 *
 * - `reference`: dinit 0.22.1 says the same, in the same words.
 * - `habit`: ours alone. Another program would understand the text, and no description has it that is meant as it stands.
 * - `advice`: ours alone, and only said with explanations: a description that works may be like that.
 * - `portable`: ours alone, and what `--portable` asks for: dinit 0.22.1 refuses the line.
 */
export type Origin = "reference" | "habit" | "advice" | "portable";

/** One thing that is wrong. */
export interface Finding {
  /** The full name of the service; empty for what concerns none, such as the environment file. */
  readonly service: string;
  readonly severity: Severity;
  /** A short constant name for the kind of finding, for programs. */
  readonly code: string;
  /** What is wrong, without the words around it. */
  readonly message: string;
  /** The whole text for people: the reference's lines, without a newline at the end (cli 5.5). */
  readonly text: string;
  /** Where it is. @default the description file of the service, if it has one */
  readonly place?: Partial<Location>;
  readonly setting?: string;
  /** @default "reference" */
  readonly origin?: Origin;
  /** What was probably meant. */
  readonly suggestion?: string;
  /** What to do about it, or more about the file in question, if the message does not say it. */
  readonly remedy?: string;
  /** Who asked for the service that is missing, and where. */
  readonly neededBy?: { readonly service: string; readonly place: Location };
}

/** Receives what the checker does and finds, in order. */
export interface Reporter {
  /** A service is about to be checked. */
  checking(service: string): void;
  finding(finding: Finding): void;
  /** All services were looked at by themselves; now together. */
  secondary(): void;
  secondaryDone(): void;
  /** The end. @param clean whether nothing was found that counts */
  end(clean: boolean): void;
}
