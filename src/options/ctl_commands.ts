/**
 * The commands of `dinitctl` (cli 2, 3), one row each, in the order of the help text, with those that the reference does
 * not have at the end. Scanner, help, shell completion and manual page work from this table, and
 * `src/cli/ctl/handlers.ts` has the code of each.
 */

import type { LocalOption } from "./dinitctl.ts";
import type { CommandRow, Word } from "./option.ts";

/** One command of `dinitctl`. */
interface CtlCommandRow extends CommandRow {
  readonly options?: readonly LocalOption[];
  /** Whether it works without a daemon (`--offline`). @default false */
  readonly offline?: boolean;
  /** Whether it writes its own documents with `--json`: no other one follows if it succeeds. @default false */
  readonly streams?: boolean;
  /** Whether it speaks for somebody else: the tool itself opens no conversation. @default false */
  readonly raw?: boolean;
  /** Short options that mean another option behind this command. @default none */
  readonly spellings?: Readonly<Record<string, LocalOption>>;
  /** The oldest protocol version of a daemon that supports it (cli 1.5). */
  readonly minimumProtocol: number;
}

const SERVICE: Word = { name: "SERVICE", kind: "service" };
const SERVICES: Word = { ...SERVICE, repeatable: true };
const NAMED: Word = { name: "SERVICE|PATTERN", kind: "service", repeatable: true };
const PATTERNS: Word = { name: "PATTERN", kind: "service", repeatable: true, optional: true };
const DEPENDENCY_WORDS: readonly Word[] = [
  { name: "TYPE", oneOf: ["need", "regular", "milestone", "waits-for"] },
  { name: "FROM", kind: "service" },
  { name: "TO", kind: "service" },
];

const ROWS = [
  {
    name: "status",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN" }],
    options: ["--long", "--state", "--figures"],
    minimumProtocol: 1,
    summary: "show the status of services, or an overview of all",
  },
  {
    name: "is-started",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services are started",
  },
  {
    name: "is-failed",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "succeed if all of the services have failed to start",
  },
  {
    name: "start",
    words: [NAMED],
    options: ["--all"],
    minimumProtocol: 1,
    summary: "start services and keep them explicitly activated",
  },
  {
    name: "stop",
    words: [NAMED],
    options: ["--force", "--all"],
    minimumProtocol: 1,
    summary: "stop services",
  },
  {
    name: "restart",
    words: [NAMED],
    options: ["--force", "--all"],
    minimumProtocol: 1,
    summary: "stop started services and start them again",
  },
  {
    name: "wake",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "start services again because of their active dependents",
  },
  {
    name: "release",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "drop explicit activation; services stop unless something needs them",
  },
  {
    name: "unpin",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "remove pins that --pin has set",
  },
  {
    name: "unload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "forget stopped services",
  },
  {
    name: "reload",
    words: [SERVICES],
    minimumProtocol: 1,
    summary: "read the descriptions of services again",
  },
  {
    name: "list",
    words: [PATTERNS],
    options: ["--state", "--names"],
    minimumProtocol: 1,
    summary: "list the loaded services",
  },
  {
    name: "shutdown",
    words: [],
    minimumProtocol: 1,
    summary: "stop all services and end the daemon",
  },
  {
    name: "add-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "make FROM depend on TO, until it is unloaded",
  },
  {
    name: "rm-dep",
    words: DEPENDENCY_WORDS,
    minimumProtocol: 1,
    summary: "remove a dependency of FROM on TO",
  },
  {
    name: "enable",
    words: [{ name: "TO", kind: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "make another service wait for TO, for good, and start it",
  },
  {
    name: "disable",
    words: [{ name: "TO", kind: "service" }],
    options: ["--from"],
    offline: true,
    minimumProtocol: 3,
    summary: "undo enable",
  },
  {
    name: "trigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "set the trigger of triggered services, or let scheduled services run now",
  },
  {
    name: "untrigger",
    words: [SERVICES],
    minimumProtocol: 2,
    summary: "reset the trigger of triggered services",
  },
  {
    name: "setenv",
    words: [{ name: "NAME[=VALUE]", kind: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "set variables in the environment of services that start later",
  },
  {
    name: "unsetenv",
    words: [{ name: "NAME", kind: "variable", repeatable: true }],
    minimumProtocol: 1,
    summary: "remove variables from that environment",
  },
  {
    name: "catlog",
    words: [SERVICE],
    options: ["--clear", "--follow"],
    minimumProtocol: 2,
    summary: "show the output of a service, from its buffer or its log file",
  },
  {
    name: "signal",
    words: [
      { name: "SIGNAL", kind: "signal", missing: "signal number/name must be specified" },
      { ...SERVICES, missing: "service name must be specified" },
    ],
    options: ["--list"],
    minimumProtocol: 2,
    summary: "send a signal to the processes of services",
  },
  {
    name: "tree",
    words: [{ ...SERVICES, optional: true }],
    options: ["--reverse"],
    minimumProtocol: 1,
    summary: "show what services depend on, with states",
  },
  {
    name: "graph",
    words: [],
    options: ["--format"],
    minimumProtocol: 1,
    summary: "write the service graph for a drawing program",
  },
  {
    name: "wait",
    words: [SERVICES],
    options: ["--for", "--timeout"],
    minimumProtocol: 1,
    summary: "wait until services are started or stopped, for whatever reason",
  },
  {
    name: "events",
    words: [{ ...SERVICES, optional: true }],
    options: ["--since"],
    streams: true,
    minimumProtocol: 1,
    summary: "follow what happens in the daemon, or to services",
  },
  {
    name: "upgrade",
    words: [],
    options: ["--exec", "--check"],
    minimumProtocol: 1,
    summary: "let a new program take over from the daemon; services go on",
  },
  {
    name: "health",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN" }],
    options: ["--run"],
    minimumProtocol: 1,
    summary: "show whether services are healthy; status 0: all are, 1: some are not, 2: unknown",
  },
  {
    name: "logs",
    words: [PATTERNS],
    options: ["--follow", "--lines", "--since", "--until", "--grep"],
    spellings: { "-f": "--follow" },
    streams: true,
    minimumProtocol: 2,
    summary: "show the logs of all or some services; -f: follow them; rotate: begin another file",
  },
  {
    name: "timers",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN|ZONE" }],
    options: ["--test"],
    minimumProtocol: 1,
    summary: "show when scheduled services run next, and how their last runs have ended",
  },
  {
    name: "runs",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "show the last runs of a scheduled service",
  },
  {
    name: "why",
    words: [SERVICE],
    minimumProtocol: 1,
    summary: "explain what a service waits for, or why it failed",
  },
  {
    name: "top",
    words: [PATTERNS],
    options: ["--once"],
    minimumProtocol: 1,
    summary: "show what services cost, live: processor time, memory, processes",
  },
  {
    name: "analyze",
    words: [{ name: "chain|blame|chart", optional: true }, { ...SERVICE, optional: true }],
    options: ["--terminal", "--boot", "--boots"],
    minimumProtocol: 1,
    summary: "explain why the start took so long; blame: all services by time; chart: a drawing",
  },
  {
    name: "security",
    words: [{ ...PATTERNS, name: "SERVICE|PATTERN" }],
    minimumProtocol: 1,
    summary: "show what services could still do, and what prevents it",
  },
  {
    name: "permissions",
    words: [SERVICE],
    options: ["--record", "--during", "--deny"],
    spellings: { "--for": "--during" },
    minimumProtocol: 1,
    summary: "record which permissions of Deno a service needs",
  },
  {
    name: "proxy",
    words: [],
    raw: true,
    minimumProtocol: 1,
    summary: "connect standard input and output with the control socket, for --host",
  },
] as const satisfies readonly CtlCommandRow[];

/** The names of all commands. */
export type CtlCommandName = (typeof ROWS)[number]["name"];

/** One command of `dinitctl`, with a name that is known. */
export interface Command extends CtlCommandRow {
  readonly name: CtlCommandName;
}

/** All commands. */
export const COMMANDS: readonly Command[] = ROWS;
