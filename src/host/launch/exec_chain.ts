/**
 * `posix_spawn` cannot apply every setting. Small programs of util-linux and coreutils apply the others, and each
 * executes the next one, up to the command itself. This file computes the chain, from plain data to plain data: a link
 * for each setting in use, in the order of the specification, then a shell that leaves no trace of the chain, and
 * `env`, which sets the environment of the command. The tools run in a minimal environment. Lifecycle 8.5, steps 11 to
 * 17.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { isSandboxed, LaunchStage, type LimitValue, type ResourceLimit } from "../../model/mod.ts";
import { capabilityOptions, secureBitsOption } from "./capability_options.ts";
import { GUARDED_SIGNALS, sandboxCommand, sandboxOptions } from "./sandbox_link.ts";

/** The programs that a chain may contain, with their packages. */
export const CHAIN_TOOLS = {
  setsid: "util-linux",
  prlimit: "util-linux",
  nice: "coreutils",
  ionice: "util-linux",
  choom: "util-linux",
  bwrap: "bubblewrap",
  setpriv: "util-linux",
  sh: "a POSIX shell",
  env: "coreutils",
} as const;
export type ChainTool = keyof typeof CHAIN_TOOLS;

/** The parts of a launch plan, or of a description, that need a chain. */
export type ChainSettings = Pick<
  LaunchPlan,
  | "limits"
  | "nice"
  | "ioPriority"
  | "oomScoreAdjust"
  | "cgroup"
  | "runAs"
  | "capabilities"
  | "secureBits"
  | "noNewPrivs"
  | "activationSocket"
  | "sandbox"
  | "workingDir"
>;

/** What the chain is given besides the settings: facts about the daemon and the launch. */
export interface ChainContext {
  /** The daemon's own nice value, to which `nice` is relative. */
  readonly niceness: number;
  /** The daemon's own group, for users given by number. */
  readonly gid: number;
  /** The process makes the terminal on its standard input its controlling terminal. */
  readonly takesTerminal: boolean;
  /** Whether a folder exists. */
  isThere(path: string): boolean;
}

/** One program of a chain. */
export interface ChainLink {
  readonly tool: ChainTool;
  /** The settings that need it, for messages. */
  readonly settings: string;
  /** The step of the launch that it performs. */
  readonly stage: LaunchStage;
  /** Its arguments, up to the program that it executes. */
  readonly args: readonly string[];
}

/** What messages about a failure need to know about a link. */
export type NamedLink = Pick<ChainLink, "tool" | "stage">;

/** Of each link, what a document says. */
export function namedLinks(links: readonly NamedLink[]): NamedLink[] {
  return links.map(({ tool, stage }) => ({ tool, stage }));
}

/** The links for these settings, without the end of the chain; empty if they need no chain. */
export function chainLinks(settings: ChainSettings, context: ChainContext): ChainLink[] {
  const links: ChainLink[] = [];
  if (context.takesTerminal) {
    links.push({ tool: "setsid", settings: "options", stage: LaunchStage.STANDARD_FDS, args: ["--ctty"] });
  }
  const limits = settings.limits.map(limitOption).filter((option) => option !== undefined);
  if (limits.length > 0) {
    const names = settings.limits.map(({ resource }) => `rlimit-${resource}`).join(", ");
    links.push({ tool: "prlimit", settings: names, stage: LaunchStage.RESOURCE_LIMITS, args: limits });
  }
  const { nice, ioPriority, oomScoreAdjust } = settings;
  if (nice !== undefined) {
    const change = clampNice(nice) - context.niceness;
    links.push({ tool: "nice", settings: "nice", stage: LaunchStage.IO_PRIORITY, args: ["-n", `${change}`] });
  }
  if (ioPriority !== undefined) {
    const args = ioPriorityOptions(ioPriority);
    links.push({ tool: "ionice", settings: "ioprio", stage: LaunchStage.IO_PRIORITY, args });
  }
  if (oomScoreAdjust !== undefined) {
    const args = ["-n", `${oomScoreAdjust}`, "--"];
    links.push({ tool: "choom", settings: "oom-score-adj", stage: LaunchStage.IO_PRIORITY, args });
  }
  if (isSandboxed(settings.sandbox)) {
    const args = sandboxOptions(settings, context.isThere);
    links.push({ tool: "bwrap", settings: "sandbox", stage: LaunchStage.EXECUTE, args });
  }
  const privileges = privilegeOptions(settings, context.gid);
  if (privileges.args.length > 0) {
    links.push({
      tool: "setpriv",
      settings: privileges.settings.join(", "),
      stage: settings.runAs === undefined ? LaunchStage.CAPABILITIES : LaunchStage.USER_AND_GROUP,
      args: [...privileges.args, "--"],
    });
  }
  return links;
}

/** Whether a process needs a chain. */
export function needsChain(links: readonly ChainLink[], settings: ChainSettings): boolean {
  return links.length > 0 || settings.cgroup !== "" || settings.activationSocket;
}

/** The task of the shell at the end of a chain. */
export interface ChainEnd {
  /** The command as the service sees it, its executable first. */
  readonly argv: readonly string[];
  /** The path of its executable. */
  readonly path: string;
  /** `NAME=VALUE` */
  readonly environment: readonly string[];
  /** The descriptor that holds the command's standard error meanwhile; a single digit, like `cgroupFd`. */
  readonly errorFd: number;
  /** A number below 10 that is free. */
  readonly statusFd: number;
  /** `cgroup.procs` of the group to enter. */
  readonly cgroupFd: number | undefined;
  /** The nice value to give the session's scheduling group. */
  readonly autogroup: number | undefined;
  /** Sets `LISTEN_PID` to the id of the process. */
  readonly listenPid: boolean;
}

/** The complete command of a chain. `toolPath` returns the path of a tool. */
export function chainCommand(
  links: readonly ChainLink[],
  end: ChainEnd,
  toolPath: (tool: ChainTool) => string,
): string[] {
  const command = links.flatMap(({ tool, args }) =>
    tool === "bwrap" ? sandboxCommand(args, end, toolPath) : [toolPath(tool), ...args]
  );
  const isGuarded = links.some(({ tool }) => tool === "bwrap");
  const script = endScript(end, isGuarded ? ` --default-signal=${GUARDED_SIGNALS}` : "");
  const shell = [toolPath("sh"), "-c", script, "sh", end.path, toolPath("env")];
  // env treats an executable with an equals sign as a variable; nice does not.
  const guard = end.argv[0].includes("=") ? [toolPath("nice"), "-n", "0"] : [];
  return [...command, ...shell, ...end.environment, ...guard, ...end.argv];
}

/** The script of the shell: `$1` is the executable, `$2` is env, the rest is for env, which also gets the options. */
function endScript({ errorFd, cgroupFd, autogroup, listenPid }: ChainEnd, options: string): string {
  const steps: string[] = [];
  if (cgroupFd !== undefined) {
    steps.push(
      `echo 0 2>/dev/null >&${cgroupFd} || { echo "cgroup: write: Input/output error" >&2; exit 125; }`,
    );
    steps.push(`exec ${cgroupFd}>&-`);
  }
  if (autogroup !== undefined) steps.push(`{ echo ${autogroup} >/proc/self/autogroup; } 2>/dev/null`);
  steps.push('[ -x "$1" ] || { echo "exec: execute: Permission denied" >&2; exit 126; }');
  steps.push("e=$2", "shift 2");
  const pid = listenPid ? ' "LISTEN_PID=$$"' : "";
  steps.push(`exec "$e" -i${options}${pid} "$@" 2>&${errorFd} ${errorFd}>&-`);
  return steps.join("\n");
}

/** Limits a nice value to the system's range. */
export function clampNice(nice: number): number {
  return Math.max(-20, Math.min(19, nice));
}

const LIMIT_OPTIONS: Record<ResourceLimit["resource"], string> = {
  nofile: "--nofile",
  core: "--core",
  data: "--data",
  addrspace: "--as",
};

function limitOption({ resource, soft, hard }: ResourceLimit): string | undefined {
  if (soft === undefined && hard === undefined) return undefined;
  const half = (value: LimitValue) => value === undefined ? "" : `${value}`;
  return `${LIMIT_OPTIONS[resource]}=${half(soft)}:${half(hard)}`;
}

function ioPriorityOptions(value: number): string[] {
  const [schedulingClass, level] = [value >> 13, value & 0x1fff];
  const hasLevel = schedulingClass === 1 || schedulingClass === 2;
  return ["-c", `${schedulingClass}`, ...(hasLevel ? ["-n", `${level}`] : [])];
}

function privilegeOptions(settings: ChainSettings, ownGid: number): { args: string[]; settings: string[] } {
  const args: string[] = [];
  const names: string[] = [];
  const { runAs } = settings;
  if (runAs !== undefined) {
    names.push("run-as");
    const gid = runAs.name === undefined ? ownGid : runAs.gid ?? ownGid;
    const groups = runAs.name === undefined ? "--clear-groups" : "--init-groups";
    args.push(`--reuid=${runAs.uid}`, `--regid=${gid}`, groups);
  }
  if (settings.capabilities !== "") {
    names.push("capabilities");
    args.push(...capabilityOptions(settings.capabilities));
  }
  const secureBits = secureBitsOption(settings.secureBits);
  if (secureBits !== undefined) {
    names.push("securebits");
    args.push(secureBits);
  }
  if (settings.noNewPrivs) {
    names.push("no-new-privs");
    args.push("--no-new-privs");
  }
  return { args, settings: names };
}
