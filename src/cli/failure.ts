/** Ends a tool with a message on standard error and exit status 1. */

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
