/** Interprets the messages of failed tools in an exec chain. */

import { Errno, errnoText, type LaunchFailure, LaunchStage } from "../../model/mod.ts";
import type { NamedLink } from "./exec_chain.ts";

const { EIO, EINVAL } = Errno;
const LAST_ERRNO = 133;

/** The messages of the last link (`exec: …`, `cgroup: …`) and of `GroupEntry`, by their first word. */
const ENDING_STAGES = new Map<string, LaunchStage>([
  ["exec", LaunchStage.EXECUTE],
  ["cgroup", LaunchStage.CGROUP],
]);

/**
 * The failure that the messages of a chain describe. The first word names the tool, and so the step. The reason is at
 * the end of a line, in the words of the C library. `EIO` if the program knows no reason.
 */
export function chainFailure(text: string, links: readonly NamedLink[]): LaunchFailure {
  const lines = text.split("\n").filter((line) => line !== "");
  const first = lines[0] ?? "";
  const word = /^(?:\S*\/)?(\w+):/.exec(first)?.[1] ?? "";
  const link = links.find(({ tool }) => tool === word);
  // prlimit itself refuses a soft limit above the hard one; the system would have returned EINVAL.
  const unknown = link?.tool === "prlimit" ? EINVAL : EIO;
  const errno = lines.map(reasonOf).find((reason) => reason !== undefined) ?? unknown;
  if (link === undefined) return { stage: ENDING_STAGES.get(word) ?? LaunchStage.EXECUTE, errno };
  return { stage: link.tool === "setpriv" ? privilegeStage(first, link) : link.stage, errno };
}

/** setpriv sets ids and capabilities; its message says which of them failed. */
function privilegeStage(message: string, link: NamedLink): LaunchStage {
  return /securebits|capabilit|bounding|ambient|inheritable|privileges/i.test(message)
    ? LaunchStage.CAPABILITIES
    : link.stage;
}

let numbers: ReadonlyMap<string, number> | undefined;

/** The error number at the end of a line: `GroupEntry` gives it in digits, tools in words. */
function reasonOf(line: string): number | undefined {
  const [, digits] = /^\w+: +(\d{3})$/.exec(line) ?? [];
  if (digits !== undefined) return Number(digits);
  numbers ??= new Map(
    Array.from({ length: LAST_ERRNO }, (_, index) => [errnoText(index + 1), index + 1]),
  );
  return numbers.get(line.slice(line.lastIndexOf(": ") + 2));
}
