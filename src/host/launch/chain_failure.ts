/** What the tools of an exec chain say when they fail, understood. */

import { Errno, errnoText, type LaunchFailure, LaunchStage } from "../../model/mod.ts";
import type { ChainLink } from "./exec_chain.ts";

const { EIO, EINVAL } = Errno;
const LAST_ERRNO = 133;

/** What the last link says (`exec: …`, `cgroup: …`), by its first word. */
const ENDING_STAGES = new Map<string, LaunchStage>([
  ["exec", LaunchStage.EXECUTE],
  ["cgroup", LaunchStage.CGROUP],
]);

/**
 * The failure behind the messages of a chain: their first word names the tool, and so the step; the reason is in the
 * words of the C library at the end of a line. `EIO` if there is no reason that
 * the program knows.
 */
export function chainFailure(text: string, links: readonly ChainLink[]): LaunchFailure {
  const lines = text.split("\n").filter((line) => line !== "");
  const first = lines[0] ?? "";
  const word = /^(?:\S*\/)?(\w+):/.exec(first)?.[1] ?? "";
  const link = links.find(({ tool }) => tool === word);
  // What prlimit refuses by itself (a soft limit above the hard one), the system would have called invalid.
  const unknown = link?.tool === "prlimit" ? EINVAL : EIO;
  const errno = lines.map(reasonOf).find((reason) => reason !== undefined) ?? unknown;
  if (link === undefined) return { stage: ENDING_STAGES.get(word) ?? LaunchStage.EXECUTE, errno };
  return { stage: link.tool === "setpriv" ? privilegeStage(first, link) : link.stage, errno };
}

/** setpriv sets ids and capabilities; what it says tells which. */
function privilegeStage(message: string, link: ChainLink): LaunchStage {
  return /securebits|capabilit|bounding|ambient|inheritable|privileges/i.test(message)
    ? LaunchStage.CAPABILITIES
    : link.stage;
}

let numbers: ReadonlyMap<string, number> | undefined;

function reasonOf(line: string): number | undefined {
  numbers ??= new Map(
    Array.from({ length: LAST_ERRNO }, (_, index) => [errnoText(index + 1), index + 1]),
  );
  return numbers.get(line.slice(line.lastIndexOf(": ") + 2));
}
