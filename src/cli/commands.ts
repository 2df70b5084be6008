/**
 * The sub-commands of `dinitctl` (cli 2, 3), one row each, in the order of the help text. Scanner, dispatch and help
 * work from this table, and nothing lists the sub-commands a second time.
 */

import type { CommandHandler } from "./context.ts";
import type { LocalOption } from "./options.ts";

/** One argument of a sub-command. */
export interface CommandWord {
  /** What stands for it in the help text. */
  readonly name: string;
  /** @default false */
  readonly optional?: boolean;
  /** May be given several times; only the last argument can. @default false */
  readonly repeatable?: boolean;
  /** The only words that are accepted. @default any */
  readonly oneOf?: readonly string[];
  /** What is said when it is missing. @default the general usage error */
  readonly missing?: string;
}

/** One sub-command. */
export interface Command {
  readonly name: string;
  readonly words: readonly CommandWord[];
  /** The options that are accepted behind this sub-command only. @default none */
  readonly options?: readonly LocalOption[];
  /** Whether it can do without a daemon (`--offline`). @default false */
  readonly offline?: boolean;
  /** The oldest protocol version of a daemon that can do it (cli 1.5). */
  readonly minimumProtocol: number;
  readonly summary: string;
  /** Loads the code; sub-commands that nobody asked for cost nothing at start. */
  readonly load: () => Promise<CommandHandler>;
}

const SERVICE: CommandWord = { name: "SERVICE" };
const DEPENDENCY_WORDS: readonly CommandWord[] = [
  { name: "TYPE", oneOf: ["need", "regular", "milestone", "waits-for"] },
  { name: "FROM" },
  { name: "TO" },
];

/** All sub-commands. */
export const COMMANDS: readonly Command[] = [
  {
    name: "status",
    words: [{ ...SERVICE, optional: true }],
    minimumProtocol: 1,
    summary: "show the status of a service, or an overview of all",
    load: async () => (await import("./ctl/status.ts")).status,
  },
  {
    name: "is-started",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "succeed if the service is started",
    load: async () => (await import("./ctl/status.ts")).isStarted,
  },
  {
    name: "is-failed",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "succeed if the service has failed to start",
    load: async () => (await import("./ctl/status.ts")).isFailed,
  },
  {
    name: "start",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "start a service and keep it explicitly activated",
    load: async () => (await import("./ctl/start_stop.ts")).start,
  },
  {
    name: "stop",
    words: [SERVICE],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop a service",
    load: async () => (await import("./ctl/start_stop.ts")).stop,
  },
  {
    name: "restart",
    words: [SERVICE],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop a started service and start it again",
    load: async () => (await import("./ctl/start_stop.ts")).restart,
  },
  {
    name: "wake",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "start a service again because of its active dependents",
    load: async () => (await import("./ctl/start_stop.ts")).wake,
  },
  {
    name: "release",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "drop explicit activation; the service stops unless something needs it",
    load: async () => (await import("./ctl/start_stop.ts")).release,
  },
  {
    name: "unpin",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "remove a pin that --pin has set",
    load: async () => (await import("./ctl/records.ts")).unpin,
  },
  {
    name: "unload",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "forget a stopped service",
    load: async () => (await import("./ctl/records.ts")).unload,
  },
  {
    name: "reload",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "read the description of a service again",
    load: async () => (await import("./ctl/records.ts")).reload,
  },
  {
    name: "list",
    words: [],
    minimumProtocol: 1,
    summary: "list the loaded services",
    load: async () => (await import("./ctl/list.ts")).list,
  },
  {
    name: "shutdown",
    words: [],
    minimumProtocol: 1,
    summary: "stop all services and end the daemon",
    load: async () => (await import("./ctl/shutdown.ts")).shutdown,
  },
  {
    name: "add-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "make FROM depend on TO, until it is unloaded",
    load: async () => (await import("./ctl/dependencies.ts")).addDependency,
  },
  {
    name: "rm-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "remove a dependency of FROM on TO",
    load: async () => (await import("./ctl/dependencies.ts")).removeDependency,
  },
  {
    name: "enable",
    words: [{ name: "TO" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "make another service wait for TO, for good, and start it",
    load: async () => (await import("./ctl/enable.ts")).enable,
  },
  {
    name: "disable",
    words: [{ name: "TO" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "undo enable",
    load: async () => (await import("./ctl/enable.ts")).disable,
  },
  {
    name: "trigger",
    words: [SERVICE],
    minimumProtocol: 2,
    summary: "set the trigger of a triggered service",
    load: async () => (await import("./ctl/process.ts")).trigger,
  },
  {
    name: "untrigger",
    words: [SERVICE],
    minimumProtocol: 2,
    summary: "reset the trigger of a triggered service",
    load: async () => (await import("./ctl/process.ts")).untrigger,
  },
  {
    name: "setenv",
    words: [{ name: "NAME[=VALUE]", repeatable: true }],
    minimumProtocol: 1,
    summary: "set variables in the environment of services that start later",
    load: async () => (await import("./ctl/environment.ts")).setEnvironment,
  },
  {
    name: "unsetenv",
    words: [{ name: "NAME", repeatable: true }],
    minimumProtocol: 1,
    summary: "remove variables from that environment",
    load: async () => (await import("./ctl/environment.ts")).unsetEnvironment,
  },
  {
    name: "catlog",
    words: [SERVICE],
    options: ["--clear"],
    minimumProtocol: 2,
    summary: "show the buffered output of a service",
    load: async () => (await import("./ctl/process.ts")).catLog,
  },
  {
    name: "signal",
    words: [
      { name: "SIGNAL", missing: "signal number/name must be specified" },
      { ...SERVICE, missing: "service name must be specified" },
    ],
    options: ["--list"],
    minimumProtocol: 2,
    summary: "send a signal to the process of a service",
    load: async () => (await import("./ctl/signal.ts")).signal,
  },
];
