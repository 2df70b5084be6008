/** All programs with their options, commands and arguments: what completion, manual pages and installation work from. */

import { COMMANDS } from "./ctl_commands.ts";
import { DINIT_OPTIONS } from "./dinit.ts";
import { DINIT_BUILD_OPTIONS } from "./dinit_build.ts";
import { DINIT_CHECK_OPTIONS } from "./dinit_check.ts";
import { DINIT_LEASE_OPTIONS } from "./dinit_lease.ts";
import { DINIT_EXPORT_OPTIONS, EXPORT_KINDS } from "./dinit_export.ts";
import { DINIT_IMPORT_OPTIONS, IMPORT_KINDS } from "./dinit_import.ts";
import { DINIT_LOG_OPTIONS } from "./dinit_log.ts";
import { DINIT_MONITOR_OPTIONS } from "./dinit_monitor.ts";
import { DINIT_WAIT_FOR_OPTIONS } from "./dinit_wait_for.ts";
import { DINIT_DOWN_OPTIONS, DINIT_INIT_OPTIONS, DINIT_UP_OPTIONS } from "./dinit_up.ts";
import { DINIT_WEB_OPTIONS } from "./dinit_web.ts";
import { DINITCTL_OPTIONS } from "./dinitctl.ts";
import type { CommandRow, OptionRow, Word } from "./option.ts";
import { SHUTDOWN_PROGRAMS } from "./program_names.ts";
import { SHUTDOWN_OPTIONS } from "./shutdown.ts";

/** One program. */
export interface Program {
  /** The name of the separate program. */
  readonly name: string;
  /** Other names. */
  readonly aliases: readonly string[];
  /** In one line, without a full stop. */
  readonly summary: string;
  /** Command lines; words in capitals are placeholders. */
  readonly usage: readonly string[];
  readonly options: readonly OptionRow[];
  readonly commands: readonly CommandRow[];
  /** The arguments, if the first word is not a command. */
  readonly words: readonly Word[];
}

/** A program that is also a command of `dinit`. */
export interface Tool extends Program {
  /** The command. */
  readonly word: string;
  /** Whether there is no separate program of this name, only the command of `dinit`. @default false */
  readonly commandOnly?: boolean;
}

const SERVICES: Word = { name: "SERVICE", kind: "service", optional: true, repeatable: true };

/** `dinit ctl`. */
export const DINITCTL = {
  name: "dinitctl",
  word: "ctl",
  aliases: [],
  summary: "control services",
  usage: ["dinitctl [options] COMMAND ..."],
  options: DINITCTL_OPTIONS,
  commands: COMMANDS,
  words: [],
} as const satisfies Tool;

/** `dinit check`. */
export const DINIT_CHECK = {
  name: "dinit-check",
  word: "check",
  aliases: [],
  summary: "check service descriptions",
  usage: ["dinit-check [options] [SERVICE...]"],
  options: DINIT_CHECK_OPTIONS,
  commands: [],
  words: [SERVICES],
} as const satisfies Tool;

/** `dinit monitor`. */
export const DINIT_MONITOR = {
  name: "dinit-monitor",
  word: "monitor",
  aliases: [],
  summary: "run a command when something happens",
  usage: [
    "dinit-monitor [options] -c COMMAND SERVICE...",
    "dinit-monitor [options] -c COMMAND -E [NAME...]",
  ],
  options: DINIT_MONITOR_OPTIONS,
  commands: [],
  words: [SERVICES],
} as const satisfies Tool;

/** `dinit log`. */
export const DINIT_LOG = {
  name: "dinit-log",
  word: "log",
  aliases: [],
  summary: "write standard input to a rotated log",
  usage: ["dinit-log [options] DIR|FILE", "dinit-log --in-place [options] FILE"],
  options: DINIT_LOG_OPTIONS,
  commands: [],
  words: [{ name: "DIR|FILE", kind: "file" }],
} as const satisfies Tool;

/** `dinit import`. */
export const DINIT_IMPORT = {
  name: "dinit-import",
  word: "import",
  aliases: [],
  summary: "make service descriptions from files of other programs",
  usage: [`dinit-import [${IMPORT_KINDS.join("|")}] PATH... --to=DIR [options]`],
  options: DINIT_IMPORT_OPTIONS,
  commands: [],
  words: [{ name: "PATH", kind: "file", repeatable: true }],
} as const satisfies Tool;

/** `dinit export`. */
export const DINIT_EXPORT = {
  name: "dinit-export",
  word: "export",
  aliases: [],
  summary: "write services as files of another program",
  usage: [`dinit-export ${EXPORT_KINDS.join("|")} [SERVICE...] [options]`],
  options: DINIT_EXPORT_OPTIONS,
  commands: [],
  words: [{ name: "TARGET", oneOf: EXPORT_KINDS }, SERVICES],
} as const satisfies Tool;

/** `dinit wait-for`. */
export const DINIT_WAIT_FOR = {
  name: "dinit-wait-for",
  word: "wait-for",
  aliases: [],
  summary: "wait until ports or sockets accept connections",
  usage: ["dinit-wait-for [options] tcp:HOST:PORT|unix:PATH..."],
  options: DINIT_WAIT_FOR_OPTIONS,
  commands: [],
  words: [{ name: "ADDRESS", repeatable: true }],
} as const satisfies Tool;

/** `dinit up`. */
export const DINIT_UP = {
  name: "dinit-up",
  word: "up",
  commandOnly: true,
  aliases: [],
  summary: "run the services of a project and show them",
  usage: ["dinit up [options] [FILE] [SERVICE...]"],
  options: DINIT_UP_OPTIONS,
  commands: [],
  words: [{ name: "FILE|SERVICE", kind: "file", optional: true, repeatable: true }],
} as const satisfies Tool;

/** `dinit down`. */
export const DINIT_DOWN = {
  name: "dinit-down",
  word: "down",
  commandOnly: true,
  aliases: [],
  summary: "stop the services of a project",
  usage: ["dinit down [options] [FILE]"],
  options: DINIT_DOWN_OPTIONS,
  commands: [],
  words: [{ name: "FILE", kind: "file", optional: true }],
} as const satisfies Tool;

/** `dinit init`. */
export const DINIT_INIT = {
  name: "dinit-init",
  word: "init",
  commandOnly: true,
  aliases: [],
  summary: "write a first file dinit.toml",
  usage: ["dinit init [options]"],
  options: DINIT_INIT_OPTIONS,
  commands: [],
  words: [],
} as const satisfies Tool;

/** `dinit build`. */
export const DINIT_BUILD = {
  name: "dinit-build",
  word: "build",
  commandOnly: true,
  aliases: [],
  summary: "make service descriptions from files in TypeScript",
  usage: ["dinit build DIR --to=DIR [options]"],
  options: DINIT_BUILD_OPTIONS,
  commands: [],
  words: [{ name: "DIR", kind: "directory" }],
} as const satisfies Tool;

/** `dinit web`. */
export const DINIT_WEB = {
  name: "dinit-web",
  word: "web",
  aliases: [],
  summary: "show services in a browser, to programs and to Prometheus",
  usage: ["dinit-web [options]"],
  options: DINIT_WEB_OPTIONS,
  commands: [],
  words: [],
} as const satisfies Tool;

/** `dinit lease`. */
export const DINIT_LEASE = {
  name: "dinit-lease",
  word: "lease",
  commandOnly: true,
  aliases: [],
  summary: "keep a service running on exactly one of several machines",
  usage: [
    "dinit lease --etcd=URL --name=NAME --service=SERVICE [options]",
    "dinit lease --kubernetes --name=NAME --service=SERVICE [options]",
  ],
  options: DINIT_LEASE_OPTIONS,
  commands: [],
  words: [],
} as const satisfies Tool;

/** `dinit shutdown`. */
export const SHUTDOWN = {
  name: SHUTDOWN_PROGRAMS[0],
  word: "shutdown",
  aliases: SHUTDOWN_PROGRAMS.slice(1),
  summary: "power off, halt or restart the machine",
  usage: SHUTDOWN_PROGRAMS.map((name) => `${name} [options]`),
  options: SHUTDOWN_OPTIONS,
  commands: [],
  words: [],
} as const satisfies Tool;

const TOOL_ROWS = [
  DINITCTL,
  DINIT_CHECK,
  DINIT_MONITOR,
  DINIT_LOG,
  DINIT_WEB,
  DINIT_IMPORT,
  DINIT_EXPORT,
  DINIT_WAIT_FOR,
  DINIT_UP,
  DINIT_DOWN,
  DINIT_INIT,
  DINIT_BUILD,
  DINIT_LEASE,
  SHUTDOWN,
] as const;

/** The programs that are commands of `dinit`. */
export const TOOLS: readonly Tool[] = TOOL_ROWS;

/** Those of them that are also separate programs, which links start. */
export const LINKED_TOOLS: readonly Tool[] = TOOLS.filter(({ commandOnly }) => !commandOnly);

/** The shells that there is completion for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** A shell that there is completion for. */
export type Shell = (typeof SHELLS)[number];

const PLAIN_COMMANDS = [
  {
    name: "log-keeper",
    summary: "keep the logs of a daemon, which starts this itself",
    words: [],
  },
  {
    name: "health-prober",
    summary: "perform health checks of a daemon, which starts this itself",
    words: [],
  },
  {
    name: "completion",
    summary: "print the completion of a shell",
    words: [{ name: "SHELL", oneOf: SHELLS }],
  },
  {
    name: "help",
    summary: "print help on a setting, a command or a topic",
    words: [{ name: "TOPIC", kind: "topic" }, { name: "NAME", kind: "page" }],
  },
] as const satisfies readonly CommandRow[];

/** The commands of `dinit`. */
export type DinitCommand = (typeof TOOL_ROWS)[number]["word"] | (typeof PLAIN_COMMANDS)[number]["name"];

/** The daemon, and the commands that stand for the tools. */
export const DINIT: Program = {
  name: "dinit",
  aliases: [],
  summary: "service manager",
  usage: ["dinit [options] [SERVICE...]", ...TOOLS.map(({ word }) => `dinit ${word} ...`)],
  options: DINIT_OPTIONS,
  commands: [...TOOLS.map(({ word, summary }) => ({ name: word, summary, words: [] })), ...PLAIN_COMMANDS],
  words: [SERVICES],
};

/** All programs. */
export const PROGRAMS: readonly Program[] = [DINIT, ...TOOLS];
