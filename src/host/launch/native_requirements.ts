/** The programs that the native host needs for a description. */

import { type HostFeature, hostNeeds, type SettingTable } from "../../description/mod.ts";
import type { ServiceDescription } from "../../model/mod.ts";
import type { ChainTool } from "./exec_chain.ts";

/** The features that need an exec chain, each with its tool; the end of the chain is not listed. */
const CHAINED: ReadonlyMap<HostFeature, ChainTool | undefined> = new Map<HostFeature, ChainTool | undefined>([
  ["resource-limit", "prlimit"],
  ["nice", "nice"],
  ["io-priority", "ionice"],
  ["oom-score", "choom"],
  ["user", "setpriv"],
  ["capabilities", "setpriv"],
  ["secure-bits", "setpriv"],
  ["no-new-privileges", "setpriv"],
  ["control-group", undefined],
  ["control-group-limits", undefined],
  ["activation-socket", undefined],
]);

/** Whether the processes of a service may have the console. */
export function usesConsole({ flags }: ServiceDescription): boolean {
  return flags.startsOnConsole || flags.runsOnConsole || flags.sharesConsole;
}

/**
 * The tools that the native host needs for a description, each with the settings that need it.
 *
 * @param takesTerminal whether a service on the console takes the terminal as its controlling terminal
 * @param table the settings. @default those of the program
 */
export function nativeRequirements(
  description: ServiceDescription,
  takesTerminal: boolean,
  table?: SettingTable,
): [ChainTool, string][] {
  const wanted = new Map<ChainTool | undefined, string[]>();
  for (const { feature, name } of hostNeeds(description, table)) {
    const isTerminal = feature === "console" && takesTerminal;
    if (!isTerminal && !CHAINED.has(feature)) continue;
    const tool = isTerminal ? "setsid" : CHAINED.get(feature);
    wanted.set(tool, [...wanted.get(tool) ?? [], name]);
  }
  if (wanted.size === 0) return [];
  const all = [...wanted.values()].flat().join(", ");
  const tools = Array.from(wanted, ([tool, names]) => [tool, names.join(", ")] as const);
  const own = tools.filter((entry): entry is [ChainTool, string] => entry[0] !== undefined);
  return [...own, ["sh", all], ["env", all]];
}
