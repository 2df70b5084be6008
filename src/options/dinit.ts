/** The options of `dinit`, the daemon (daemon and init 1.2), one row each. */

import type { LogFormat, Threshold } from "../log/mod.ts";
import type { Option } from "./option.ts";

/** What starts processes; `auto`: the native host if it may be had. */
export type HostKind = "auto" | "native" | "command";

/** What happens to the processes of a daemon that was killed: the next one takes them over, or ends them. */
export type AfterCrash = "adopt" | "end";

/** `--cgroups`: the services that get a control group: those that ask for one, all, or none. */
export type Cgroups = "asked" | "auto" | "off";

/** How many faults of the program within how many seconds are too many; a count of 0: none are. */
export interface FaultLimit {
  readonly count: number;
  readonly seconds: number;
}

/** What has been read of a command line so far. */
export interface DinitSettings {
  help: boolean;
  version: boolean;
  /** Owns the machine. */
  manager: boolean;
  /** Uses the paths of the system, not those of a user. */
  system: boolean;
  /** The kernel passes words to process 1 that are not meant for it (1.4). */
  kernelArguments: boolean;
  environmentFile: string | undefined;
  serviceDirectories: string[];
  socketPath: string | undefined;
  stateFolder: string | undefined;
  readyFd: number | undefined;
  logFile: string | undefined;
  consoleMessages: Threshold;
  quiet: boolean;
  /** Do not show the lines of services. */
  quietServices: boolean;
  /** Show the services at a terminal, and this text first. @default undefined: do not show them */
  view: string | undefined;
  /** The folder for the logs of services that have none. */
  logFolder: string | undefined;
  logLevel: Threshold;
  logFormat: LogFormat;
  cgroupPath: string | undefined;
  host: HostKind;
  autoRecovery: boolean;
  exitWith: string | undefined;
  /** The exit status after a failure; `undefined`: failures do not end the daemon. */
  exitOnFailure: number | undefined;
  afterCrash: AfterCrash;
  cgroups: Cgroups;
  faultLimit: FaultLimit;
  /** Seconds of processor time; 0: no limit. */
  hangLimit: number;
  checkState: string | undefined;
  services: string[];
}

const LEVELS: readonly Threshold[] = ["none", "error", "warn", "info", "debug"];
const HOSTS: readonly HostKind[] = ["auto", "native", "command"];
const FORMATS: readonly LogFormat[] = ["text", "json"];
const AFTER_CRASH: readonly AfterCrash[] = ["adopt", "end"];
const CGROUPS: readonly Cgroups[] = ["asked", "auto", "off"];

/** All options, in the order of the help text. */
export const DINIT_OPTIONS: readonly Option<DinitSettings>[] = [
  { long: "--help", last: true, help: "display (this) help", apply: (s) => s.help = true },
  { long: "--version", last: true, help: "display version", apply: (s) => s.version = true },
  {
    long: "--env-file",
    short: "-e",
    value: { name: "FILE", kind: "file" },
    help: "\nenvironment variable initialisation file",
    apply: (s, value) => s.environmentFile = value,
  },
  {
    long: "--services-dir",
    short: "-d",
    value: { name: "DIR", kind: "directory" },
    help: "set base directory for service description\nfiles, can be specified multiple times",
    apply: (s, value) => s.serviceDirectories.push(value),
  },
  {
    long: "--system",
    short: "-s",
    help: "run as the system service manager",
    apply: (s) => s.system = true,
  },
  {
    long: "--system-mgr",
    short: "-m",
    help: "run as system manager (perform shutdown etc)",
    apply: (s) => [s.manager, s.kernelArguments] = [true, false],
  },
  {
    long: "--user",
    short: "-u",
    help: "run as a user service manager",
    apply: (s) => s.system = false,
  },
  {
    long: "--container",
    short: "-o",
    help: "run in container mode (do not manage system)",
    apply: (s) => [s.manager, s.kernelArguments] = [false, false],
  },
  {
    long: "--auto-recovery",
    short: "-r",
    help: "auto-run recovery service on system manager boot failure",
    apply: (s) => s.autoRecovery = true,
  },
  {
    long: "--socket-path",
    short: "-p",
    value: { name: "PATH", kind: "file" },
    help: "path to control socket",
    apply: (s, value) => s.socketPath = value,
  },
  {
    long: "--ready-fd",
    short: "-F",
    value: { name: "FD", kind: "descriptor", pattern: /^[ \t\n\v\f\r]*[+-]?[0-9]+$/ },
    help: "\nfile descriptor to report readiness",
    apply: (s, value) => s.readyFd = descriptorNumber(value),
  },
  {
    long: "--cgroup-path",
    short: "-b",
    value: { name: "PATH", kind: "directory" },
    help: "cgroup base path (for resolving relative paths)",
    apply: (s, value) => s.cgroupPath = value,
  },
  {
    long: "--log-file",
    short: "-l",
    value: { name: "FILE", kind: "file" },
    help: "log to the specified file",
    apply: (s, value) => s.logFile = value,
  },
  {
    long: "--quiet",
    short: "-q",
    help: "disable output to standard output",
    apply: (s) => [s.quiet, s.consoleMessages] = [true, "none"],
  },
  {
    long: "--quiet-services",
    extension: true,
    help:
      "do not show the lines that services write to their logs, which a user's\ndaemon does at a terminal",
    apply: (s) => s.quietServices = true,
  },
  {
    long: "--view",
    extension: true,
    assignable: true,
    value: { name: "NOTE", omissible: true, mayBeEmpty: true },
    help: "at a terminal, show the services as dinit up does, and NOTE first",
    apply: (s, value) => s.view = value,
  },
  {
    long: "--log-folder",
    extension: true,
    assignable: true,
    value: { name: "DIR", kind: "directory" },
    help: "keep the output of each service without a log in a file in this folder",
    apply: (s, value) => s.logFolder = value,
  },
  {
    long: "--console-level",
    value: { name: "LEVEL", oneOf: LEVELS },
    unlisted: true,
    help: "the least level of messages on the console: none, error, warn (the default), info or debug",
    apply: (s, value) => s.consoleMessages = value as Threshold, // one of LEVELS
  },
  {
    long: "--log-level",
    value: { name: "LEVEL", oneOf: LEVELS },
    unlisted: true,
    help: "the least level of messages in the log: none, error, warn, info (the default) or debug",
    apply: (s, value) => s.logLevel = value as Threshold, // one of LEVELS
  },
  {
    long: "--service",
    short: "-t",
    value: { name: "SERVICE-NAME", kind: "service" },
    bare: true,
    help: "start service with name <service-name>",
    apply: (s, value) => s.services.push(value),
  },
  {
    long: "--exit-with",
    extension: true,
    assignable: true,
    value: { name: "SERVICE", kind: "service" },
    help: "start that service, too; when it ends for good, stop all others and\n" +
      "exit with its status (not for a system manager)",
    apply: (s, value) => s.exitWith = value,
  },
  {
    long: "--exit-on-failure",
    extension: true,
    assignable: true,
    value: {
      name: "STATUS",
      kind: "number",
      omissible: true,
      pattern: /^0*([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/,
      missing: "requires an exit status from 1 to 255",
    },
    help: "when a service to start cannot be loaded or has failed for good, stop all\n" +
      "others and exit with STATUS, or 1 (not for a system manager)",
    apply: (s, value) => s.exitOnFailure = Number(value || FAILURE),
  },
  {
    long: "--log-format",
    extension: true,
    assignable: true,
    value: { name: "FORMAT", oneOf: FORMATS },
    help: "format of the log file: text, or json: every fact as one JSON object a line",
    apply: (s, value) => s.logFormat = value as LogFormat, // one of FORMATS
  },
  {
    long: "--host",
    extension: true,
    assignable: true,
    value: { name: "KIND", oneOf: HOSTS },
    help: "what starts processes: native (needs the permission --allow-ffi),\n" +
      "command (Deno.Command), or auto: native if it can be had",
    apply: (s, value) => s.host = value as HostKind, // one of HOSTS
  },
  {
    long: "--state-dir",
    extension: true,
    assignable: true,
    value: { name: "DIR", kind: "directory" },
    help:
      "where to keep what outlasts a restart of the machine: the\nstate of schedules, and how the daemon has started",
    apply: (s, value) => s.stateFolder = value,
  },
  {
    long: "--after-crash",
    extension: true,
    assignable: true,
    value: { name: "WHAT", oneOf: AFTER_CRASH },
    help: "the processes of a daemon that was killed: adopt (the default) them, or\n" +
      "end them and start their services again",
    apply: (s, value) => s.afterCrash = value as AfterCrash, // one of AFTER_CRASH
  },
  {
    long: "--cgroups",
    extension: true,
    assignable: true,
    value: { name: "WHICH", oneOf: CGROUPS },
    help: "the services that get a control group: asked (the default), those with a\n" +
      "limit or 'cgroup = auto'; auto: all; off: none",
    apply: (s, value) => s.cgroups = value as Cgroups, // one of CGROUPS
  },
  {
    long: "--fault-limit",
    extension: true,
    assignable: true,
    value: {
      name: "COUNT[/SECONDS]",
      kind: "number",
      pattern: /^\d{1,9}(\/\d{1,9})?$/,
      missing: "requires a number of faults, such as 5 or 5/60",
    },
    help: "give up after COUNT faults of this program within SECONDS\n(default 5/60; 0: never)",
    apply: (s, value) => s.faultLimit = faultLimit(value),
  },
  {
    long: "--hang-limit",
    extension: true,
    assignable: true,
    value: { name: "SECONDS", kind: "number", pattern: /^\d{1,9}$/, missing: "requires a number of seconds" },
    help: "how much processor time dinit may use without reacting to anything,\n" +
      "before that counts as a fault (default 30; 0: no limit)",
    apply: (s, value) => s.hangLimit = Number(value),
  },
  {
    long: "--check-state",
    extension: true,
    assignable: true,
    value: { name: "FILE", kind: "file" },
    help: "only say whether this program could take over from a daemon that has\n" +
      "saved its state there (for an upgrade)",
    apply: (s, value) => s.checkState = value,
  },
];

/** The exit status of `--exit-on-failure` without one. */
const FAILURE = 1;

/** The default of `--fault-limit`. */
export const DEFAULT_FAULT_LIMIT: FaultLimit = { count: 5, seconds: 60 };
/** The default of `--hang-limit`, in seconds. */
export const DEFAULT_HANG_LIMIT = 30;

function faultLimit(text: string): FaultLimit {
  const [count, seconds = DEFAULT_FAULT_LIMIT.seconds] = text.split("/").map(Number);
  return { count, seconds };
}

/** A descriptor as `strtoul` and a C `int` read it: white space and a sign in front are allowed. */
export function descriptorNumber(text: string): number {
  return Number(BigInt.asIntN(32, BigInt(text.trim().replace(/^\+/, ""))));
}
