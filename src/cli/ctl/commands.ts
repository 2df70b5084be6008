/**
 * The sub-commands of `dinitctl` (cli 2, 3), one row each, in the order of the help text, with those that the
 * reference does not have at the end. Scanner, dispatch, help, shell completion and manual page work from this table,
 * and nothing lists the sub-commands a second time.
 */

import type { CommandHandler } from "./context.ts";
import type { Completion, LocalOption } from "./options.ts";
import { typed } from "../../model/mod.ts";

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

/** All sub-commands. */
export const COMMANDS: readonly Command[] = [
  {
    name: "status",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN" }],
    options: ["--long", "--state"],
    minimumProtocol: 1,
    summary: "show the status of services, or an overview of all",
    load: async () => (await typed(import("./status.ts"))).status,
  },
  {
    name: "is-started",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services are started",
    load: async () => (await typed(import("./check_state.ts"))).isStarted,
  },
  {
    name: "is-failed",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services have failed to start",
    load: async () => (await typed(import("./check_state.ts"))).isFailed,
  },
  {
    name: "start",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "start services and keep them explicitly activated",
    load: async () => (await typed(import("./start_stop.ts"))).start,
  },
  {
    name: "stop",
    words: [SERVICES],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop services",
    load: async () => (await typed(import("./start_stop.ts"))).stop,
  },
  {
    name: "restart",
    words: [SERVICES],
    options: ["--force"],
    minimumProtocol: 1,
    summary: "stop started services and start them again",
    load: async () => (await typed(import("./start_stop.ts"))).restart,
  },
  {
    name: "wake",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "start services again because of their active dependents",
    load: async () => (await typed(import("./start_stop.ts"))).wake,
  },
  {
    name: "release",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "drop explicit activation; services stop unless something needs them",
    load: async () => (await typed(import("./start_stop.ts"))).release,
  },
  {
    name: "unpin",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "remove pins that --pin has set",
    load: async () => (await typed(import("./records.ts"))).unpin,
  },
  {
    name: "unload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "forget stopped services",
    load: async () => (await typed(import("./records.ts"))).unload,
  },
  {
    name: "reload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "read the descriptions of services again",
    load: async () => (await typed(import("./records.ts"))).reload,
  },
  {
    name: "list",
    words: [PATTERNS],
    options: ["--state", "--names"],
    minimumProtocol: 1,
    summary: "list the loaded services",
    load: async () => (await typed(import("./list.ts"))).list,
  },
  {
    name: "shutdown",
    words: [],
    minimumProtocol: 1,
    summary: "stop all services and end the daemon",
    load: async () => (await typed(import("./shutdown.ts"))).shutdown,
  },
  {
    name: "add-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "make FROM depend on TO, until it is unloaded",
    load: async () => (await typed(import("./dependencies.ts"))).addDependency,
  },
  {
    name: "rm-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "remove a dependency of FROM on TO",
    load: async () => (await typed(import("./dependencies.ts"))).removeDependency,
  },
  {
    name: "enable",
    words: [{ name: "TO", completes: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "make another service wait for TO, for good, and start it",
    load: async () => (await typed(import("./enable.ts"))).enable,
  },
  {
    name: "disable",
    words: [{ name: "TO", completes: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "undo enable",
    load: async () => (await typed(import("./enable.ts"))).disable,
  },
  {
    name: "trigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "set the trigger of triggered services",
    load: async () => (await typed(import("./trigger.ts"))).trigger,
  },
  {
    name: "untrigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "reset the trigger of triggered services",
    load: async () => (await typed(import("./trigger.ts"))).untrigger,
  },
  {
    name: "setenv",
    words: [{ name: "NAME[=VALUE]", completes: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "set variables in the environment of services that start later",
    load: async () => (await typed(import("./environment.ts"))).setEnvironment,
  },
  {
    name: "unsetenv",
    words: [{ name: "NAME", completes: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "remove variables from that environment",
    load: async () => (await typed(import("./environment.ts"))).unsetEnvironment,
  },
  {
    name: "catlog",
    words: [SERVICE],
    options: ["--clear", "--follow"],
    minimumProtocol: 2,
    summary: "show the output of a service, from its buffer or its log file",
    load: async () => (await typed(import("./catlog.ts"))).catLog,
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
    load: async () => (await typed(import("./signal.ts"))).signal,
  },
  {
    name: "tree",
    words: [{ ...SERVICES, optional: true }],
    options: ["--reverse"],
    minimumProtocol: 1,
    summary: "show what services depend on, with states",
    load: async () => (await typed(import("./tree.ts"))).tree,
  },
  {
    name: "graph",
    words: [],
    options: ["--format"],
    minimumProtocol: 1,
    summary: "write the service graph for a drawing program",
    load: async () => (await typed(import("./graph.ts"))).graph,
  },
  {
    name: "wait",
    words: [SERVICES],
    options: ["--for", "--timeout"],
    minimumProtocol: 1,
    summary: "wait until services are started or stopped, whoever does it",
    load: async () => (await typed(import("./await_state.ts"))).awaitState,
  },
];
