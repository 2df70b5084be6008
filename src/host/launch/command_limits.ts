/**
 * What the command host cannot do. `Deno.Command` passes no descriptors but the standard three, sets no limits and
 * priorities, gives no terminal away and adopts no orphans; a service that asks for such a thing is refused when it
 * is loaded. Which types of services use a setting stands in the table of settings: others may have it, since it
 * asks for nothing there.
 */

import {
  SCRIPT_TYPES,
  SERVICE_OPTIONS,
  settingNamed,
  type TypeName,
  typeName,
} from "../../description/mod.ts";
import type { ServiceDescription, ServiceFlags } from "../../model/mod.ts";
import { ServiceType } from "../../model/mod.ts";

/** One thing that the host cannot do. */
interface Limit {
  /** The setting as messages name it. */
  readonly label: string;
  /** The types of services for which the host would have to do it. */
  readonly types: readonly TypeName[];
  readonly asksFor: (description: ServiceDescription) => boolean;
}

/** `label`: the setting, with the value that is meant if others can be had. */
function limit(label: string, asksFor: Limit["asksFor"]): Limit {
  return { label, types: settingNamed(label.split(" ")[0])!.types, asksFor }; // a test goes through all of them
}

/** What the console options ask of services without a process, the engine does. */
function option(flag: keyof ServiceFlags, types?: readonly TypeName[]): Limit {
  const row = SERVICE_OPTIONS.find((one) => one.flag === flag)!; // every flag has an option
  return { label: `options = ${row.name}`, types: types ?? row.types, asksFor: ({ flags }) => flags[flag] };
}

/** An unset half of a limit stays as it is, and so do two. */
const LIMITS = (["nofile", "core", "data", "addrspace"] as const).map((resource): Limit => ({
  label: "rlimit-*",
  types: settingNamed(`rlimit-${resource}`)!.types,
  asksFor: ({ limits }) =>
    limits.some((one) => one.resource === resource && (one.soft !== undefined || one.hard !== undefined)),
}));

const UNSUPPORTED: readonly Limit[] = [
  limit("type = bgprocess", ({ type }) => type === ServiceType.BGPROCESS),
  limit(
    "ready-notification",
    ({ readyFd, readyVariable }) => readyFd !== undefined || readyVariable !== undefined,
  ),
  limit("socket-listen", ({ socketPath }) => socketPath !== ""),
  limit("log-type = pipe", ({ logType }) => logType === "pipe"),
  limit("consumer-of", ({ consumerOf }) => consumerOf !== ""),
  option("passCsFd"),
  option("runsOnConsole", SCRIPT_TYPES),
  option("startsOnConsole", SCRIPT_TYPES),
  option("sharesConsole"),
  option("killAllOnStop"),
  option("noNewPrivs"),
  // A name stands for supplementary groups as well, which cannot be set; a number does not.
  limit("run-as = NAME", ({ runAs }) => runAs?.name !== undefined),
  ...LIMITS,
  limit("nice", ({ nice }) => nice !== undefined),
  limit("ioprio", ({ ioPriority }) => ioPriority !== undefined),
  limit("oom-score-adj", ({ oomScoreAdjust }) => oomScoreAdjust !== undefined),
  limit("run-in-cgroup", ({ cgroup }) => cgroup !== ""),
  limit("capabilities", ({ capabilities }) => capabilities !== ""),
  limit("securebits", ({ secureBits }) => secureBits.length > 0),
  limit("inittab-id", ({ inittabId }) => inittabId !== ""),
  limit("inittab-line", ({ inittabLine }) => inittabLine !== ""),
];

/** The first setting that the command host would have to carry out for a service and cannot. */
export function unsupportedByCommandHost(
  description: ServiceDescription,
): { setting: string; message: string } | undefined {
  const type = typeName(description.type);
  const found = UNSUPPORTED.find(({ types, asksFor }) => types.includes(type) && asksFor(description));
  if (found === undefined) return undefined;
  return {
    setting: found.label,
    message: "the command host cannot do this, the native host can (grant --allow-ffi).",
  };
}
