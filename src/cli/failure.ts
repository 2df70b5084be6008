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

/** Deno's words for a permission that it denied, of which the flag to run with is the part that helps. */
export function missingGrantText(error: Error): string {
  const [, need, what, flag] =
    /^Requires (\w+ access(?: to "(.*?)")?), .*(--allow-\w+)/s.exec(error.message) ?? [];
  if (flag === undefined) return error.message;
  return `permission denied: ${need} is needed (grant ${flag}${what === undefined ? "" : `=${what}`})`;
}
