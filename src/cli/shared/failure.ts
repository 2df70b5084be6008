/** How a tool ends with a message on standard error and exit status 1, and the version text of all tools. */

import { DINIT_VERSION, PRODUCT_TEXT } from "../../model/version.ts";
import type { CtlIo } from "./io.ts";

/** The output of `--version`: the reference's line, and the name and version of this program. */
export function toolVersion(atTerminal: boolean): string {
  return `Dinit version ${DINIT_VERSION}.\n${atTerminal ? PRODUCT_TEXT : ""}`;
}

/** The subject of a failure. `hint.ts` makes helpful lines from it, which appear if they will be read. */
export type FailureFact =
  /** No daemon answers at this path. */
  | { readonly kind: "no-daemon"; readonly path: string; readonly errno: number }
  /** The connection to the daemon failed. */
  | { readonly kind: "conversation" }
  | { readonly kind: "unknown-command"; readonly word: string }
  | { readonly kind: "unknown-option"; readonly option: string; readonly command: string | undefined }
  /** The value of an option is missing or invalid. */
  | { readonly kind: "option-value"; readonly value: string | undefined; readonly oneOf: readonly string[] }
  /** The words do not match the sub-command; `undefined`: there is none. */
  | { readonly kind: "words"; readonly command: string | undefined; readonly words: readonly string[] }
  /** A service has no description in these directories. @default those of the daemon */
  | { readonly kind: "unknown-service"; readonly name: string; readonly directories?: readonly string[] }
  /** The description of a service, or of one that it depends on, has a mistake. */
  | { readonly kind: "bad-description"; readonly name: string }
  | { readonly kind: "not-loaded"; readonly name: string }
  /** The daemon does not accept this as the name of a service. */
  | { readonly kind: "bad-name"; readonly name: string }
  /** The daemon refused a command for this service. */
  | { readonly kind: "service"; readonly name: string }
  /** Text that the message leaves out. */
  | { readonly kind: "text"; readonly text: string };

/** The message is complete: it begins with the program's name and has newlines between lines, but none at the end. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
  /** @default undefined, there is nothing more to say */
  fact: FailureFact | undefined;
  /** The lines that `hint.ts` has made from the fact. Empty before that, and if they would not be read. */
  hint: readonly string[] = [];

  /** Sets the subject of the failure, unless it is set. Returns the failure. */
  about(fact: FailureFact): this {
    this.fact ??= fact;
    return this;
  }
}

/** A failure that `dinitctl` reports with its name in front of every line. */
export function ctlFailure(...lines: string[]): ToolFailure {
  return new ToolFailure(lines.map((line) => `dinitctl: ${line}`).join("\n"));
}

/** A reply that does not match the request. */
export function protocolFailure(): ToolFailure {
  return ctlFailure("protocol error");
}

/** The text for standard error: the message, and on a terminal the indented hint. */
export function failureText(failure: ToolFailure, io: Pick<CtlIo, "errorTerminal">): string {
  const hint = io.errorTerminal() ? failure.hint.map((line) => `\n    ${line}`) : [];
  return `${failure.message}${hint.join("")}\n`;
}

/** The message of a failure of `dinitctl`, without the tool's name in front of its lines. */
export function messageOf({ message }: ToolFailure): string {
  return message.replaceAll(/^dinitctl: /gm, "");
}

/** The same failure of `dinitctl`, with the name of the service among several. */
export function failureFor(name: string, failure: ToolFailure): ToolFailure {
  const named = new ToolFailure(failure.message.replaceAll(/^dinitctl: /gm, `dinitctl: ${name}: `));
  named.fact = failure.fact;
  named.hint = failure.hint;
  return named;
}
