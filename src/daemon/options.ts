/** The command line of the daemon (daemon and init 1). */

import { isValidServiceName } from "../model/mod.ts";
import type { ConsoleLevels, LogFormat, Threshold } from "../log/mod.ts";
import {
  type AfterCrash,
  type Cgroups,
  DEFAULT_FAULT_LIMIT,
  DEFAULT_HANG_LIMIT,
  descriptorNumber,
  DINIT_OPTIONS,
  type DinitSettings,
  type FaultLimit,
  type HostKind,
} from "../options/dinit.ts";
import { type OptionRow, scan, type ValueFault } from "../options/mod.ts";

export type { HostKind } from "../options/dinit.ts";

/** The options of the daemon. */
export interface DaemonOptions {
  /** Owns the machine: process 1, or `--system-mgr`. */
  readonly manager: boolean;
  /** Uses the paths of the system, not those of a user. */
  readonly system: boolean;
  readonly environmentFile: string | undefined;
  /** Empty: the default directories. */
  readonly serviceDirectories: readonly string[];
  readonly socketPath: string | undefined;
  /** Where state is kept that outlasts a restart of the machine (an addition to the reference). */
  readonly stateFolder: string | undefined;
  /** The descriptor for announcing readiness. */
  readonly readyFd: number | undefined;
  readonly logFile: string | undefined;
  readonly console: ConsoleLevels;
  /** Do not show the lines of services at a terminal (an addition to the reference). */
  readonly quietServices: boolean;
  /** Show the services at a terminal, and this text first (an addition to the reference). */
  readonly view: string | undefined;
  /** The folder for the logs of services that have none (an addition to the reference). */
  readonly logFolder: string | undefined;
  readonly logLevel: Threshold;
  /** The format of the main log (an addition to the reference). */
  readonly logFormat: LogFormat;
  readonly cgroupPath: string | undefined;
  /** The host; `auto`: the native host if it is available (an addition to the reference). */
  readonly host: HostKind;
  /** Start the service `recovery` if the boot has failed. */
  readonly autoRecovery: boolean;
  /** The service with which the daemon exits, with its status (an addition to the reference). */
  readonly exitWith: string | undefined;
  /** The status with which the daemon exits when a service of `services` has failed (an addition to the reference). */
  readonly exitOnFailure: number | undefined;
  /** What happens to the processes of a daemon that was killed (an addition to the reference). */
  readonly afterCrash: AfterCrash;
  /** Which services get a control group that the daemon makes. */
  readonly cgroups: Cgroups;
  /** When to give up after faults of this program (an addition to the reference). */
  readonly faultLimit: FaultLimit;
  /** Seconds of processor time after which a busy program has a fault; 0: no limit (an addition to the reference). */
  readonly hangLimit: number;
  /** The services to start, in order. */
  readonly services: readonly string[];
}

/** The request of a command line: to run, to print something and exit with 0, or to report an error and exit with 1. */
export type CommandLine =
  | { readonly action: "run"; readonly options: DaemonOptions }
  | { readonly action: "version" | "help" }
  | { readonly action: "check-state"; readonly path: string }
  | { readonly action: "error"; readonly message: string };

/** Facts about the process on which the defaults depend. */
export interface Situation {
  readonly pid: number;
  /** The real user id. */
  readonly uid: number;
  /** Whether a descriptor is open. */
  isOpen(fd: number): boolean;
}

const NO_EXIT = "is not for the manager of a machine, which never exits " +
  "(as process 1 of a container, use --container)";

/** Thrown for a wrong command line; `message` is the text to print. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the daemon's command line, left to right. */
export function parseCommandLine(args: readonly string[], situation: Situation): CommandLine {
  const settings = initialSettings(situation);
  try {
    scan(args, settings, {
      options: DINIT_OPTIONS,
      word: (word) => takeWord(word, settings),
      unknown(arg) {
        if (!settings.kernelArguments) throw new UsageError(`dinit: unrecognized option: ${arg}`);
      },
      refused: valueError,
      value(option, value) {
        if (option.value?.kind !== "descriptor") return;
        const fd = descriptorNumber(value);
        if (fd === 0 || !situation.isOpen(fd)) throw optionError(option, "requires an open file descriptor");
      },
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { action: "error", message: error.message };
  }
  if (settings.help) return { action: "help" };
  if (settings.version) return { action: "version" };
  if (settings.checkState !== undefined) return { action: "check-state", path: settings.checkState };
  const exit = settings.exitWith !== undefined
    ? "--exit-with"
    : settings.exitOnFailure && "--exit-on-failure";
  if (settings.manager && exit) return { action: "error", message: `dinit: '${exit}' ${NO_EXIT}` };
  return { action: "run", options: optionsOf(settings) };
}

function initialSettings({ pid, uid }: Situation): DinitSettings {
  const [manager, system] = [pid === 1, uid === 0];
  return {
    help: false,
    version: false,
    manager,
    system,
    kernelArguments: manager && system,
    environmentFile: undefined,
    serviceDirectories: [],
    socketPath: undefined,
    stateFolder: undefined,
    readyFd: undefined,
    logFile: undefined,
    consoleMessages: "warn",
    quiet: false,
    quietServices: false,
    view: undefined,
    logFolder: undefined,
    logLevel: "info",
    logFormat: "text",
    cgroupPath: undefined,
    host: "auto",
    autoRecovery: false,
    exitWith: undefined,
    exitOnFailure: undefined,
    afterCrash: "adopt",
    cgroups: "asked",
    faultLimit: DEFAULT_FAULT_LIMIT,
    hangLimit: DEFAULT_HANG_LIMIT,
    checkState: undefined,
    services: [],
  };
}

function takeWord(word: string, { kernelArguments, services }: DinitSettings): void {
  if (word === "") throw new UsageError("dinit: error: empty command-line argument");
  if (kernelArguments) {
    if (word === "single") services.push(word);
  } else if (isValidServiceName(word)) {
    services.push(word);
  } else {
    throw new UsageError(`dinit: error: invalid service name '${word}'.`);
  }
}

function valueError({ option, value, assigned }: ValueFault<DinitSettings>): UsageError {
  const { oneOf, pattern, missing } = option.value ?? {};
  if (missing !== undefined) return optionError(option, missing);
  if (value !== undefined && pattern !== undefined) {
    return optionError(option, "requires a numerical argument");
  }
  if (oneOf !== undefined && (assigned || (value ?? "") !== "")) {
    return optionError(option, `accepts only arguments: ${oneOf.map((word) => `'${word}'`).join(", ")}`);
  }
  return optionError(option, "requires an argument");
}

/** Names an option as the reference does, whatever was typed (1.3). */
function optionError({ long, short }: OptionRow, problem: string): UsageError {
  return new UsageError(`dinit: '${long}'${short === undefined ? "" : ` (${short})`} ${problem}`);
}

function optionsOf(settings: DinitSettings): DaemonOptions {
  const { consoleMessages, quiet, services } = settings;
  return {
    manager: settings.manager,
    system: settings.system,
    environmentFile: settings.environmentFile,
    serviceDirectories: settings.serviceDirectories,
    socketPath: settings.socketPath,
    stateFolder: settings.stateFolder,
    readyFd: settings.readyFd,
    logFile: settings.logFile,
    // Status lines are shown at any level, unless an option makes the daemon quiet (5.4).
    console: { messages: consoleMessages, status: quiet ? consoleMessages : "debug" },
    quietServices: settings.quietServices,
    view: settings.view,
    logFolder: settings.logFolder,
    logLevel: settings.logLevel,
    logFormat: settings.logFormat,
    cgroupPath: settings.cgroupPath,
    host: settings.host,
    autoRecovery: settings.autoRecovery,
    exitWith: settings.exitWith,
    exitOnFailure: settings.exitOnFailure,
    afterCrash: settings.afterCrash,
    cgroups: settings.cgroups,
    faultLimit: settings.faultLimit,
    hangLimit: settings.hangLimit,
    services: services.length > 0 ? services : ["boot"],
  };
}
