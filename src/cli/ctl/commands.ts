/**
 * The sub-commands of `dinitctl` (cli 2, 3), one row each, in the order of the help text, with those that the
 * reference does not have at the end. Scanner, dispatch, help, shell completion and manual page work from this table,
 * and nothing lists the sub-commands a second time.
 */

import type { CommandHandler } from "./context.ts";
import type { Completion, LocalOption } from "./options.ts";

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
  /** What a shell proposes for it. @default nothing but `oneOf` */
  readonly completes?: Completion;
}

/** One sub-command. */
export interface Command {
  readonly name: string;
  readonly words: readonly CommandWord[];
  /** The options that are accepted behind this sub-command only. @default none */
  readonly options?: readonly LocalOption[];
  /** Whether it can do without a daemon (`--offline`). @default false */
  readonly offline?: boolean;
  /** Whether it writes its own documents with `--json`: no other one follows if it succeeds. @default false */
  readonly streams?: boolean;
  /** The oldest protocol version of a daemon that can do it (cli 1.5). */
  readonly minimumProtocol: number;
  readonly summary: string;
  /** Loads the code; sub-commands that nobody asked for cost nothing at start. */
  readonly load: () => Promise<CommandHandler>;
}

const SERVICE: CommandWord = { name: "SERVICE", completes: "service" };
const SERVICES: CommandWord = { ...SERVICE, repeatable: true };
const PATTERNS: CommandWord = { name: "PATTERN", completes: "service", repeatable: true, optional: true };
const DEPENDENCY_WORDS: readonly CommandWord[] = [
  { name: "TYPE", oneOf: ["need", "regular", "milestone", "waits-for"] },
  { name: "FROM", completes: "service" },
  { name: "TO", completes: "service" },
];

/**
 * All sub-commands. They are imported out of sight of the runtime (see main.ts), which would open and analyse all of
 * them at every start: that is a tenth of the time that `ctl status` takes.
 */
export const COMMANDS: readonly Command[] = [
  {
    name: "status",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN" }],
    options: ["--long", "--state"],
    minimumProtocol: 1,
    summary: "show the status of services, or an overview of all",
    load: async () => (await import("./status.ts" as string)).status,
  },
  {
    name: "is-started",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services are started",
    load: async () => (await import("./check_state.ts" as string)).isStarted,
  },
  {
    name: "is-failed",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services have failed to start",
    load: async () => (await import("./check_state.ts" as string)).isFailed,
  },
  {
    name: "start",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "start services and keep them explicitly activated",
    load: async () => (await import("./start_stop.ts" as string)).start,
  },
  {
    name: "stop",
    words: [SERVICES],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop services",
    load: async () => (await import("./start_stop.ts" as string)).stop,
  },
  {
    name: "restart",
    words: [SERVICES],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop started services and start them again",
    load: async () => (await import("./start_stop.ts" as string)).restart,
  },
  {
    name: "wake",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "start services again because of their active dependents",
    load: async () => (await import("./start_stop.ts" as string)).wake,
  },
  {
    name: "release",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "drop explicit activation; services stop unless something needs them",
    load: async () => (await import("./start_stop.ts" as string)).release,
  },
  {
    name: "unpin",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "remove pins that --pin has set",
    load: async () => (await import("./records.ts" as string)).unpin,
  },
  {
    name: "unload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "forget stopped services",
    load: async () => (await import("./records.ts" as string)).unload,
  },
  {
    name: "reload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "read the descriptions of services again",
    load: async () => (await import("./records.ts" as string)).reload,
  },
  {
    name: "list",
    words: [PATTERNS],
    options: ["--state", "--names"],
    minimumProtocol: 1,
    summary: "list the loaded services",
    load: async () => (await import("./list.ts" as string)).list,
  },
  {
    name: "shutdown",
    words: [],
    minimumProtocol: 1,
    summary: "stop all services and end the daemon",
    load: async () => (await import("./shutdown.ts" as string)).shutdown,
  },
  {
    name: "add-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "make FROM depend on TO, until it is unloaded",
    load: async () => (await import("./dependencies.ts" as string)).addDependency,
  },
  {
    name: "rm-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "remove a dependency of FROM on TO",
    load: async () => (await import("./dependencies.ts" as string)).removeDependency,
  },
  {
    name: "enable",
    words: [{ name: "TO", completes: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "make another service wait for TO, for good, and start it",
    load: async () => (await import("./enable.ts" as string)).enable,
  },
  {
    name: "disable",
    words: [{ name: "TO", completes: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "undo enable",
    load: async () => (await import("./enable.ts" as string)).disable,
  },
  {
    name: "trigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "set the trigger of triggered services",
    load: async () => (await import("./trigger.ts" as string)).trigger,
  },
  {
    name: "untrigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "reset the trigger of triggered services",
    load: async () => (await import("./trigger.ts" as string)).untrigger,
  },
  {
    name: "setenv",
    words: [{ name: "NAME[=VALUE]", completes: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "set variables in the environment of services that start later",
    load: async () => (await import("./environment.ts" as string)).setEnvironment,
  },
  {
    name: "unsetenv",
    words: [{ name: "NAME", completes: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "remove variables from that environment",
    load: async () => (await import("./environment.ts" as string)).unsetEnvironment,
  },
  {
    name: "catlog",
    words: [SERVICE],
    options: ["--clear", "--follow"],
    minimumProtocol: 2,
    summary: "show the output of a service, from its buffer or its log file",
    load: async () => (await import("./catlog.ts" as string)).catLog,
  },
  {
    name: "signal",
    words: [
      { name: "SIGNAL", completes: "signal", missing: "signal number/name must be specified" },
      { ...SERVICES, missing: "service name must be specified" },
    ],
    options: ["--list"],
    minimumProtocol: 2,
    summary: "send a signal to the processes of services",
    load: async () => (await import("./signal.ts" as string)).signal,
  },
  {
    name: "tree",
    words: [{ ...SERVICES, optional: true }],
    options: ["--reverse"],
    minimumProtocol: 1,
    summary: "show what services depend on, with states",
    load: async () => (await import("./tree.ts" as string)).tree,
  },
  {
    name: "graph",
    words: [],
    options: ["--format"],
    minimumProtocol: 1,
    summary: "write the service graph for a drawing program",
    load: async () => (await import("./graph.ts" as string)).graph,
  },
  {
    name: "wait",
    words: [SERVICES],
    options: ["--for", "--timeout"],
    minimumProtocol: 1,
    summary: "wait until services are started or stopped, whoever does it",
    load: async () => (await import("./await_state.ts" as string)).awaitState,
  },
  {
    name: "events",
    words: [{ ...SERVICES, optional: true }],
    options: ["--since"],
    streams: true,
    minimumProtocol: 1,
    summary: "follow what happens in the daemon, or to services",
    load: async () => (await import("./events.ts" as string)).events,
  },
];
