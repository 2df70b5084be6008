import { ToolFailure } from "../shared/failure.ts";

/** A failure of `dinit build`, with more lines about it, or its remedy. */
export function buildFailure(message: string, ...more: string[]): ToolFailure {
  return new ToolFailure([`dinit build: ${message}`, ...more.map((line) => `    ${line}`)].join("\n"));
}
