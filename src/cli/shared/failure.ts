/** How a tool ends with a message on standard error and exit status 1, and what all tools say of themselves. */

import { DINIT_VERSION, PRODUCT_TEXT } from "../../model/mod.ts";
import type { CtlIo } from "./io.ts";

/** What the tools print for `--version`: the reference's line, and who they are. */
export function toolVersion(atTerminal: boolean): string {
  return `Dinit version ${DINIT_VERSION}.\n${atTerminal ? PRODUCT_TEXT : ""}`;
}

/** What a failure is about. `hint.ts` makes lines that help from it, which are shown where somebody reads them. */
export type FailureFact =
  /** No daemon answers at this path. */
  | { readonly kind: "no-daemon"; readonly path: string; readonly errno: number }
  /** The conversation with the daemon went wrong. */
  | { readonly kind: "conversation" }
  | { readonly kind: "unknown-command"; readonly word: string }
  | { readonly kind: "unknown-option"; readonly option: string; readonly command: string | undefined }
  /** The value of an option is missing, or is not one of those that there are. */
  | { readonly kind: "option-value"; readonly value: string | undefined; readonly oneOf: readonly string[] }
  /** The words do not fit the sub-command; `undefined`: there is none. */
  | { readonly kind: "words"; readonly command: string | undefined; readonly words: readonly string[] }
  /** A service has no description in these directories. @default those of the daemon */
  | { readonly kind: "unknown-service"; readonly name: string; readonly directories?: readonly string[] }
  /** The description of a service, or of one that it depends on, has a mistake. */
  | { readonly kind: "bad-description"; readonly name: string }
  | { readonly kind: "not-loaded"; readonly name: string }
  /** The daemon does not take this for the name of a service. */
  | { readonly kind: "bad-name"; readonly name: string }
  /** Something was refused for this service. */
  | { readonly kind: "service"; readonly name: string }
  /** What the message leaves out. */
  | { readonly kind: "text"; readonly text: string };

/** The message is complete: it begins with the program's name and has a newline between lines, none at the end. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
  /** @default undefined, there is no more to say */
  fact: FailureFact | undefined;
  /** What `hint.ts` has made of the fact. Empty until then, and where nobody would read it. */
  hint: readonly string[] = [];

  /** Says what the failure is about, unless that has been said. Returns the failure. */
  about(fact: FailureFact): this {
    this.fact ??= fact;
    return this;
  }
}

/** A failure that `dinitctl` reports with its name in front of every line. */
export function ctlFailure(...lines: string[]): ToolFailure {
  return new ToolFailure(lines.map((line) => `dinitctl: ${line}`).join("\n"));
}

/** A reply that does not fit the request. */
export function protocolFailure(): ToolFailure {
  return ctlFailure("protocol error");
}

/** What is written to standard error: the message, and on a terminal the hint, indented. */
export function failureText(failure: ToolFailure, io: Pick<CtlIo, "errorTerminal">): string {
  const hint = io.errorTerminal() ? failure.hint.map((line) => `\n    ${line}`) : [];
  return `${failure.message}${hint.join("")}\n`;
}

/** The message of a failure of `dinitctl` without the tool's name in front of its lines. */
export function messageOf({ message }: ToolFailure): string {
  return message.replaceAll(/^dinitctl: /gm, "");
}

/** The same failure of `dinitctl`, telling which of several services it is about. */
export function failureFor(name: string, failure: ToolFailure): ToolFailure {
  const named = new ToolFailure(failure.message.replaceAll(/^dinitctl: /gm, `dinitctl: ${name}: `));
  named.fact = failure.fact;
  named.hint = failure.hint;
  return named;
}
