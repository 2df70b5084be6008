/**
 * What the command host cannot do. `Deno.Command` passes no descriptors but the standard three, sets no limits and
 * priorities, gives no terminal away and adopts no orphans; a service that asks for such a thing is refused when it
 * is loaded.
 */

import type { ServiceDescription } from "../model/mod.ts";
import { ServiceType } from "../model/mod.ts";

const UNSUPPORTED:
  readonly (readonly [setting: string, asksFor: (description: ServiceDescription) => boolean])[] = [
    ["type = bgprocess", ({ type }) => type === ServiceType.BGPROCESS],
    [
      "ready-notification",
      ({ readyFd, readyVariable }) => readyFd !== undefined || readyVariable !== undefined,
    ],
    ["socket-listen", ({ socketPath }) => socketPath !== ""],
    ["log-type = pipe", ({ logType }) => logType === "pipe"],
    ["consumer-of", ({ consumerOf }) => consumerOf !== ""],
    ["options = pass-cs-fd", ({ flags }) => flags.passCsFd],
    ["options = runs-on-console", ({ flags }) => flags.runsOnConsole],
    ["options = starts-on-console", ({ flags }) => flags.startsOnConsole],
    ["options = shares-console", ({ flags }) => flags.sharesConsole],
    ["options = kill-all-on-stop", ({ flags }) => flags.killAllOnStop],
    ["options = no-new-privs", ({ flags }) => flags.noNewPrivs],
    // A name stands for supplementary groups as well, which cannot be set; a number does not.
    ["run-as = NAME", ({ runAs }) => runAs?.name !== undefined],
    ["rlimit-*", ({ limits }) => limits.length > 0],
    ["nice", ({ nice }) => nice !== undefined],
    ["ioprio", ({ ioPriority }) => ioPriority !== undefined],
    ["oom-score-adj", ({ oomScoreAdjust }) => oomScoreAdjust !== undefined],
    ["run-in-cgroup", ({ cgroup }) => cgroup !== ""],
    ["capabilities", ({ capabilities }) => capabilities !== ""],
    ["securebits", ({ secureBits }) => secureBits.length > 0],
    ["inittab-id", ({ inittabId }) => inittabId !== ""],
    ["inittab-line", ({ inittabLine }) => inittabLine !== ""],
  ];

/** The first setting of a process-backed service that the command host cannot carry out. */
export function unsupportedByCommandHost(
  description: ServiceDescription,
): { setting: string; message: string } | undefined {
  if (description.type === ServiceType.TRIGGERED) return undefined;
  const found = UNSUPPORTED.find(([, asksFor]) => asksFor(description));
  if (found === undefined) return undefined;
  return {
    setting: found[0],
    message: "the command host cannot do this, the native host can (grant --allow-ffi).",
  };
}
