/** The command line of the daemon (daemon and init 1). */

import { isValidServiceName } from "../model/mod.ts";
import type { ConsoleLevels, LogFormat, Threshold } from "../log/mod.ts";

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
  /** The descriptor for announcing readiness. */
  readonly readyFd: number | undefined;
  readonly logFile: string | undefined;
  readonly console: ConsoleLevels;
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
  /** The services to start, in order. */
  readonly services: readonly string[];
}

/** The host that starts processes. */
export type HostKind = "auto" | "native" | "command";

/** The request of a command line: to run, to print something and exit with 0, or to report an error and exit with 1. */
export type CommandLine =
  | { readonly action: "run"; readonly options: DaemonOptions }
  | { readonly action: "version" | "help" }
  | { readonly action: "error"; readonly message: string };

/** Facts about the process on which the defaults depend. */
export interface Situation {
  readonly pid: number;
  /** The real user id. */
  readonly uid: number;
  /** Whether a descriptor is open. */
  isOpen(fd: number): boolean;
}

const LEVELS: readonly string[] = ["none", "error", "warn", "info", "debug"];

const NO_EXIT = "dinit: '--exit-with' is not for the manager of a machine, which never exits " +
  "(as process 1 of a container, use --container)";

/** Thrown for a wrong command line; `message` is the text to print. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The state of the scan. */
class Scan {
  readonly #args: readonly string[];
  readonly #situation: Situation;
  #at = 0;
  manager: boolean;
  system: boolean;
  /** The kernel passes words to process 1 that are not meant for it (1.4). */
  #kernelArguments: boolean;
  environmentFile: string | undefined;
  serviceDirectories: string[] = [];
  socketPath: string | undefined;
  readyFd: number | undefined;
  logFile: string | undefined;
  consoleMessages: Threshold = "warn";
  quiet = false;
  logLevel: Threshold = "info";
  logFormat: LogFormat = "text";
  cgroupPath: string | undefined;
  host: HostKind = "auto";
  autoRecovery = false;
  exitWith: string | undefined;
  services: string[] = [];

  constructor(args: readonly string[], situation: Situation) {
    this.#args = args;
    this.#situation = situation;
    this.manager = situation.pid === 1;
    this.system = situation.uid === 0;
    this.#kernelArguments = this.manager && this.system;
  }

  /** Reads words until the end, or until one that asks for help or the version. */
  run(): "run" | "help" | "version" {
    while (this.#at < this.#args.length) {
      const word = this.#args[this.#at++];
      if (word === "--help") return "help";
      if (word === "--version") return "version";
      this.#word(word);
    }
    return "run";
  }

  #word(word: string): void {
    switch (word) {
      case "--env-file":
      case "-e":
        this.environmentFile = this.#value("'--env-file' (-e)");
        return;
      case "--services-dir":
      case "-d":
        this.serviceDirectories.push(this.#value("'--services-dir' (-d)"));
        return;
      case "--system":
      case "-s":
        this.system = true;
        return;
      case "--system-mgr":
      case "-m":
        this.manager = true;
        this.#kernelArguments = false;
        return;
      case "--user":
      case "-u":
        this.system = false;
        return;
      case "--container":
      case "-o":
        this.manager = false;
        this.#kernelArguments = false;
        return;
      case "--auto-recovery":
      case "-r":
        this.autoRecovery = true;
        return;
      case "--socket-path":
      case "-p":
        this.socketPath = this.#value("'--socket-path' (-p)");
        return;
      case "--ready-fd":
      case "-F":
        this.readyFd = this.#descriptor();
        return;
      case "--log-file":
      case "-l":
        this.logFile = this.#value("'--log-file' (-l)");
        return;
      case "--quiet":
      case "-q":
        this.quiet = true;
        this.consoleMessages = "none";
        return;
      case "--console-level":
        this.consoleMessages = this.#level("--console-level");
        return;
      case "--log-level":
        this.logLevel = this.#level("--log-level");
        return;
      case "--cgroup-path":
      case "-b":
        this.cgroupPath = this.#value("'--cgroup-path' (-b)");
        return;
      case "--service":
      case "-t":
        this.services.push(this.#value("'--service' (-t)"));
        return;
      case "--host":
        this.host = hostKind(this.#value("'--host'"));
        return;
      case "--log-format":
        this.logFormat = logFormat(this.#value("'--log-format'"));
        return;
      case "--exit-with":
        this.exitWith = this.#value("'--exit-with'");
        return;
      default:
        this.#other(word);
    }
  }

  #other(word: string): void {
    if (word.startsWith("--host=")) {
      this.host = hostKind(word.slice("--host=".length));
      return;
    }
    if (word.startsWith("--log-format=")) {
      this.logFormat = logFormat(word.slice("--log-format=".length));
      return;
    }
    if (word.startsWith("--exit-with=")) {
      this.exitWith = required("'--exit-with'", word.slice("--exit-with=".length));
      return;
    }
    if (word === "") throw new UsageError("dinit: error: empty command-line argument");
    if (word.startsWith("-")) {
      if (!this.#kernelArguments) throw new UsageError(`dinit: unrecognized option: ${word}`);
    } else if (this.#kernelArguments) {
      if (word === "single") this.services.push(word);
    } else if (isValidServiceName(word)) {
      this.services.push(word);
    } else {
      throw new UsageError(`dinit: error: invalid service name '${word}'.`);
    }
  }

  #value(option: string): string {
    return required(option, this.#args[this.#at++]);
  }

  #level(option: string): Threshold {
    const value = this.#value(`'${option}'`);
    if (LEVELS.includes(value)) return value as Threshold;
    throw new UsageError(
      `dinit: '${option}' accepts only arguments: 'none', 'error', 'warn', 'info', 'debug'`,
    );
  }

  /** A descriptor as `strtoul` reads it: white space and a sign in front are allowed. */
  #descriptor(): number {
    const option = "'--ready-fd' (-F)";
    const value = this.#args[this.#at++];
    if (value === undefined) throw new UsageError(`dinit: ${option} requires an argument`);
    if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(value)) {
      throw new UsageError(`dinit: ${option} requires a numerical argument`);
    }
    const fd = Number(BigInt.asIntN(32, BigInt(value.trim().replace(/^\+/, ""))));
    if (fd === 0 || !this.#situation.isOpen(fd)) {
      throw new UsageError(`dinit: ${option} requires an open file descriptor`);
    }
    return fd;
  }
}

function required(option: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`dinit: ${option} requires an argument`);
  return value;
}

function hostKind(value: string): HostKind {
  if (value === "auto" || value === "native" || value === "command") return value;
  throw new UsageError("dinit: '--host' accepts only arguments: 'auto', 'native', 'command'");
}

function logFormat(value: string): LogFormat {
  if (value === "text" || value === "json") return value;
  throw new UsageError("dinit: '--log-format' accepts only arguments: 'text', 'json'");
}

/** Reads the daemon's command line, left to right. */
export function parseCommandLine(args: readonly string[], situation: Situation): CommandLine {
  const scan = new Scan(args, situation);
  try {
    const action = scan.run();
    if (action !== "run") return { action };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { action: "error", message: error.message };
  }
  const { manager, system, consoleMessages, quiet, services } = scan;
  if (manager && scan.exitWith !== undefined) return { action: "error", message: NO_EXIT };
  return {
    action: "run",
    options: {
      manager,
      system,
      environmentFile: scan.environmentFile,
      serviceDirectories: scan.serviceDirectories,
      socketPath: scan.socketPath,
      readyFd: scan.readyFd,
      logFile: scan.logFile,
      // Status lines are shown at any level, unless an option makes the daemon quiet (5.4).
      console: { messages: consoleMessages, status: quiet ? consoleMessages : "debug" },
      logLevel: scan.logLevel,
      logFormat: scan.logFormat,
      cgroupPath: scan.cgroupPath,
      host: scan.host,
      autoRecovery: scan.autoRecovery,
      exitWith: scan.exitWith,
      services: services.length > 0 ? services : ["boot"],
    },
  };
}
