/** The options of `dinitctl` (cli 2), one row each. */

import type { Mode } from "../client/mod.ts";
import type { Option } from "./option.ts";
import { choice } from "./scan.ts";

/** When to use colours; `auto` means only on a terminal, and not if `NO_COLOR` is set. */
export type ColourChoice = "auto" | "always" | "never";

/** States for selecting services; `failed` is a part of `stopped`. */
export const STATE_CHOICES = ["started", "starting", "stopping", "stopped", "failed"] as const;
export type StateChoice = (typeof STATE_CHOICES)[number];

/** The languages of the service graph. */
export const GRAPH_FORMATS = ["dot", "mermaid", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** The values of the options of a command line. */
export interface CtlOptions {
  help: boolean;
  version: boolean;
  /** The last of `--system` and `--user`. */
  mode: Mode | undefined;
  socketPath: string | undefined;
  usePassedFd: boolean;
  quiet: boolean;
  offline: boolean;
  /** In the order given. */
  servicesDirs: string[];
  noWait: boolean;
  pin: boolean;
  ignoreUnstarted: boolean;
  force: boolean;
  from: string | undefined;
  clear: boolean;
  list: boolean;
  json: boolean;
  color: ColourChoice;
  trace: boolean;
  /** Empty: any state. */
  states: StateChoice[];
  namesOnly: boolean;
  long: boolean;
  follow: boolean;
  reverse: boolean;
  format: GraphFormat;
  waitFor: "started" | "stopped";
  /** Seconds. @default undefined, no limit */
  timeout: number | undefined;
  /** The program that takes over, or that is only checked. @default undefined, the file of the running one */
  exec: string | undefined;
  check: boolean;
  /** The number of the last event that is known, or a time. @default undefined, from now on, or no limit */
  since: string | undefined;
  /** A time. @default undefined, no limit */
  until: string | undefined;
  /** @default undefined, as the command decides */
  lines: number | undefined;
  /** A regular expression. @default undefined, all lines */
  grep: string | undefined;
}

const ROWS = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  { long: "--version", last: true, help: "show the version", apply: (o) => o.version = true },
  { short: "-s", long: "--system", help: "talk to the system's daemon", apply: (o) => o.mode = "system" },
  { short: "-u", long: "--user", help: "talk to the user's own daemon", apply: (o) => o.mode = "user" },
  {
    short: "-p",
    long: "--socket-path",
    value: {
      name: "PATH",
      missing: "--socket-path/-p should be followed by socket path",
      kind: "file",
    },
    help: "use this control socket",
    apply: (o, value) => o.socketPath = value,
  },
  {
    long: "--use-passed-cfd",
    help: "use the connection that the variable DINIT_CS_FD names",
    apply: (o) => o.usePassedFd = true,
  },
  { long: "--quiet", help: "no output except for errors", apply: (o) => o.quiet = true },
  {
    short: "-o",
    long: "--offline",
    help: "enable, disable: work without a daemon",
    apply: (o) => o.offline = true,
  },
  {
    short: "-d",
    long: "--services-dir",
    value: {
      name: "DIR",
      missing: "'--services-dir' (-d) requires an argument",
      kind: "directory",
    },
    help: "with --offline: look for services here (repeatable)",
    apply: (o, value) => o.servicesDirs.push(value),
  },
  {
    long: "--no-wait",
    help: "do not wait until the service has started or stopped",
    apply: (o) => o.noWait = true,
  },
  {
    long: "--pin",
    help: "keep the service in the state that is asked for",
    apply: (o) => o.pin = true,
  },
  {
    long: "--ignore-unstarted",
    help: "stop, restart, release: a service that is not started is no error",
    apply: (o) => o.ignoreUnstarted = true,
  },
  {
    short: "-f",
    long: "--force",
    local: true,
    help: "stop dependents, too",
    apply: (o) => o.force = true,
  },
  {
    long: "--from",
    local: true,
    value: {
      name: "SERVICE",
      missing: "--from should be followed by a service name",
      kind: "service",
    },
    help: "the service that will depend on the other",
    apply: (o, value) => o.from = value,
  },
  {
    long: "--clear",
    local: true,
    help: "empty the buffer afterwards",
    apply: (o) => o.clear = true,
  },
  {
    short: "-l",
    long: "--list",
    local: true,
    help: "list the signals that have names",
    apply: (o) => o.list = true,
  },
  {
    long: "--json",
    extension: true,
    help: "write the result as one JSON document",
    apply: (o) => o.json = true,
  },
  {
    long: "--color",
    extension: true,
    assignable: true,
    value: choice("WHEN", "--color", ["auto", "always", "never"]),
    help: "use colours: auto (on a terminal), always or never",
    apply: (o, value) => o.color = value as ColourChoice,
  },
  {
    long: "--trace",
    extension: true,
    help: "show each packet of the conversation on standard error",
    apply: (o) => o.trace = true,
  },
  {
    long: "--state",
    extension: true,
    assignable: true,
    local: true,
    value: choice("STATE", "--state", STATE_CHOICES),
    help: "only services in this state (repeatable)",
    apply: (o, value) => o.states.push(value as StateChoice),
  },
  {
    long: "--names",
    extension: true,
    local: true,
    help: "show nothing but the names",
    apply: (o) => o.namesOnly = true,
  },
  {
    long: "--long",
    extension: true,
    local: true,
    help: "add since when, restarts, last exit and end of the output",
    apply: (o) => o.long = true,
  },
  {
    long: "--follow",
    extension: true,
    local: true,
    help: "go on with what is written from now on",
    apply: (o) => o.follow = true,
  },
  {
    long: "--reverse",
    extension: true,
    local: true,
    help: "show dependents instead of dependencies",
    apply: (o) => o.reverse = true,
  },
  {
    long: "--format",
    extension: true,
    assignable: true,
    local: true,
    value: choice("FORMAT", "--format", GRAPH_FORMATS),
    help: "the language to write: dot (the default), mermaid or json",
    apply: (o, value) => o.format = value as GraphFormat,
  },
  {
    long: "--for",
    extension: true,
    assignable: true,
    local: true,
    value: choice("STATE", "--for", ["started", "stopped"]),
    help: "what to wait for: started (the default) or stopped",
    apply: (o, value) => o.waitFor = value as CtlOptions["waitFor"],
  },
  {
    long: "--timeout",
    extension: true,
    assignable: true,
    local: true,
    value: {
      name: "SECONDS",
      missing: "--timeout should be followed by a number of seconds",
      kind: "number",
      pattern: /^\d{1,9}(\.\d+)?$/,
    },
    help: "wait no longer than this",
    apply: (o, value) => o.timeout = Number(value),
  },
  {
    long: "--since",
    extension: true,
    assignable: true,
    local: true,
    value: {
      name: "T",
      missing: "--since should be followed by the number of an event, or by a time such as 10m or 14:30",
      kind: "number",
      mayBeEmpty: true,
    },
    help: "begin behind event T, or at this time: 10m (ago), 14:30",
    apply: (o, value) => o.since = value,
  },
  {
    long: "--until",
    extension: true,
    assignable: true,
    local: true,
    value: {
      name: "T",
      missing: "--until should be followed by a time such as 10m or 14:30",
      kind: "number",
    },
    help: "end with the lines of this time",
    apply: (o, value) => o.until = value,
  },
  {
    short: "-n",
    long: "--lines",
    extension: true,
    assignable: true,
    local: true,
    value: {
      name: "N",
      missing: "--lines/-n should be followed by a number, or by all",
      kind: "number",
      pattern: /^(\d{1,9}|all)$/,
    },
    help: "show the last N lines of each service, or all; the default is 50",
    apply: (o, value) => o.lines = value === "all" ? Infinity : Number(value),
  },
  {
    long: "--grep",
    extension: true,
    assignable: true,
    local: true,
    value: { name: "RE", missing: "--grep should be followed by a regular expression" },
    help: "only lines that match",
    apply: (o, value) => o.grep = value,
  },
  {
    long: "--exec",
    extension: true,
    assignable: true,
    local: true,
    value: { name: "PATH", missing: "--exec should be followed by the path of a program", kind: "file" },
    help: "this program, instead of the file of the running one",
    apply: (o, value) => o.exec = value,
  },
  {
    long: "--check",
    extension: true,
    local: true,
    help: "only find out whether the program could take over",
    apply: (o) => o.check = true,
  },
] as const satisfies readonly Option<CtlOptions>[];

/** All options, in the order of the help text. */
export const DINITCTL_OPTIONS: readonly Option<CtlOptions>[] = ROWS;

/** The long names of the options that only belong to some commands. */
export type LocalOption = Extract<(typeof ROWS)[number], { readonly local: true }>["long"];

/** The values for a command line without options. */
export function defaultOptions(): CtlOptions {
  return {
    help: false,
    version: false,
    mode: undefined,
    socketPath: undefined,
    usePassedFd: false,
    quiet: false,
    offline: false,
    servicesDirs: [],
    noWait: false,
    pin: false,
    ignoreUnstarted: false,
    force: false,
    from: undefined,
    clear: false,
    list: false,
    json: false,
    color: "auto",
    trace: false,
    states: [],
    namesOnly: false,
    long: false,
    follow: false,
    reverse: false,
    format: "dot",
    waitFor: "started",
    timeout: undefined,
    since: undefined,
    exec: undefined,
    check: false,
    until: undefined,
    lines: undefined,
    grep: undefined,
  };
}
