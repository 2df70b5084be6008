/** A command line of a tool is wrong. The message is complete. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(tool: string, text: string) {
    super(`${tool}: ${text} (use --help for help)`);
  }
}
