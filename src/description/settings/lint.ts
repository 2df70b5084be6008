/** The checker's remarks on settings that have no effect (service description 3.9). */

import { ServiceType } from "../../model/mod.ts";
import type { Draft } from "../draft.ts";

const IGNORED = "but ignored for the specified (or default) service type.";

/** The remarks on a description whose lines are read, in the order of the specification. */
export function remarks(draft: Draft): string[] {
  const { description } = draft;
  const { type, logType, logFile } = description;
  const found: string[] = [];
  if (type === ServiceType.INTERNAL || type === ServiceType.TRIGGERED) {
    for (const name of ignoredSettings(draft)) found.push(`${name} specified, ${IGNORED}`);
    for (const name of ignoredOptions(draft)) found.push(`${name} specified, ${IGNORED}`);
  }
  if (logFile !== "" && logType !== "file") {
    found.push("option 'logfile' was specified, but selected log type is not 'file'");
  }
  if (logFile === "" && logType === "file") {
    found.push("option 'logfile' not set, but selected log type is 'file'");
  }
  return found;
}

function ignoredSettings({ description, command, stopCommand, given }: Draft): string[] {
  const specified: [boolean, string][] = [
    [!command.isBlank, "'command'"],
    [!stopCommand.isBlank, "'stop-command'"],
    [description.workingDir !== "", "'working-dir'"],
    [description.cgroup !== "", "'run-in-cgroup'"],
    [given.capabilities, "'capabilities'"],
    [description.secureBits.length > 0, "'securebits'"],
    [description.runAs !== undefined, "'run-as'"],
    [description.socketPath !== "", "'socket-listen'"],
    [description.inittabId !== "" || description.inittabLine !== "", "'inittab_line' or 'inittab_id'"],
  ];
  return specified.filter(([present]) => present).map(([, name]) => name);
}

function ignoredOptions({ description, given }: Draft): string[] {
  const { flags } = description;
  const specified: [boolean, string][] = [
    [flags.signalProcessOnly || flags.startInterruptible, "signal options were"],
    [flags.passCsFd, "option 'pass_cs_fd' was"],
    [flags.skippable, "option 'skippable' was"],
    [flags.noNewPrivs, "option 'no_new_privs' was"],
    [description.logType !== "none", "option 'log_type' was"],
    [given.nice, "option 'nice' was"],
    [description.ioPriority !== undefined, "option 'ioprio' was"],
    [given.oomScoreAdjust, "option 'oom-score-adj' was"],
  ];
  return specified.filter(([present]) => present).map(([, name]) => name);
}
