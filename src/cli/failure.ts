/** How a tool ends with a message on standard error and exit status 1, and what all tools say of themselves. */

/** The version of the reference whose command lines the tools keep to: scripts compare it. */
export const REFERENCE_VERSION = "0.22.1";

/** The message is complete: it begins with the program's name and has a newline between lines, none at the end. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

/** A failure that `dinitctl` reports with its name in front of every line. */
export function ctlFailure(...lines: string[]): ToolFailure {
  return new ToolFailure(lines.map((line) => `dinitctl: ${line}`).join("\n"));
}

/** A reply that does not fit the request. */
export function protocolFailure(): ToolFailure {
  return ctlFailure("protocol error");
}

/** The message of a failure of `dinitctl` without the tool's name in front of its lines. */
export function messageOf({ message }: ToolFailure): string {
  return message.replaceAll(/^dinitctl: /gm, "");
}

/** The same failure of `dinitctl`, telling which of several services it is about. */
export function failureFor(name: string, failure: ToolFailure): ToolFailure {
  return new ToolFailure(failure.message.replaceAll(/^dinitctl: /gm, `dinitctl: ${name}: `));
}
