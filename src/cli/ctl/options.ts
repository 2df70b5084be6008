/** The options of `dinitctl` (cli 2), one row each. The scanner and the help text work from it. */

import type { Mode } from "../../client/mod.ts";

/** When to use colours; `auto` is on a terminal only, and not if `NO_COLOR` is set. */
export type ColourChoice = "auto" | "always" | "never";

/** States that lists can be limited to; `failed` is part of `stopped`. */
export const STATE_CHOICES = ["started", "starting", "stopping", "stopped", "failed"] as const;
export type StateChoice = (typeof STATE_CHOICES)[number];

/** The languages that the service graph can be written in. */
export const GRAPH_FORMATS = ["dot", "mermaid", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** What the options of a command line say. */
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
  /** The number of the last event that is known. @default undefined, from now on */
  since: number | undefined;
}

/** The value of an option. */
export interface OptionValue {
  /** What it is called in the help text. */
  readonly name: string;
  /** What is said when it is missing or none that can be. */
  readonly missing: string;
  /** The only values that are accepted. @default any */
  readonly oneOf?: readonly string[];
  /** What values look like. @default anything */
  readonly pattern?: RegExp;
  /** What a shell proposes for it. @default nothing but `oneOf` */
  readonly completes?: Completion;
}

/** What a shell can propose for a word. */
export type Completion = "service" | "file" | "directory" | "signal" | "variable";

/** One option. */
export interface OptionRow {
  /** All spellings; the long one comes last. */
  readonly names: readonly string[];
  /** @default none */
  readonly value?: OptionValue;
  /** Only accepted behind a sub-command whose row names it. @default false */
  readonly local?: boolean;
  /** The reference does not have it, so its value may also stand behind a `=`. @default false */
  readonly extension?: boolean;
  readonly summary: string;
  /** Enters it into the options; `value` is empty for an option without one. */
  readonly apply: (options: CtlOptions, value: string) => void;
}

/** The options that only belong to some sub-commands, as those name them. */
export type LocalOption =
  | "--force"
  | "--from"
  | "--clear"
  | "--list"
  | "--state"
  | "--names"
  | "--long"
  | "--follow"
  | "--reverse"
  | "--format"
  | "--for"
  | "--timeout"
  | "--since";

/** All options, in the order of the help text. */
export const OPTIONS: readonly OptionRow[] = [
  { names: ["--help"], summary: "show this text", apply: (o) => o.help = true },
  { names: ["--version"], summary: "show the version", apply: (o) => o.version = true },
  { names: ["-s", "--system"], summary: "talk to the system's daemon", apply: (o) => o.mode = "system" },
  { names: ["-u", "--user"], summary: "talk to the user's own daemon", apply: (o) => o.mode = "user" },
  {
    names: ["-p", "--socket-path"],
    value: {
      name: "PATH",
      missing: "--socket-path/-p should be followed by socket path",
      completes: "file",
    },
    summary: "use this control socket",
    apply: (o, value) => o.socketPath = value,
  },
  {
    names: ["--use-passed-cfd"],
    summary: "use the connection that the variable DINIT_CS_FD names",
    apply: (o) => o.usePassedFd = true,
  },
  { names: ["--quiet"], summary: "no output except for errors", apply: (o) => o.quiet = true },
  {
    names: ["-o", "--offline"],
    summary: "enable, disable: work without a daemon",
    apply: (o) => o.offline = true,
  },
  {
    names: ["-d", "--services-dir"],
    value: {
      name: "DIR",
      missing: "'--services-dir' (-d) requires an argument",
      completes: "directory",
    },
    summary: "with --offline: look for services here (repeatable)",
    apply: (o, value) => o.servicesDirs.push(value),
  },
  {
    names: ["--no-wait"],
    summary: "do not wait until the service has started or stopped",
    apply: (o) => o.noWait = true,
  },
  {
    names: ["--pin"],
    summary: "keep the service in the state that is asked for",
    apply: (o) => o.pin = true,
  },
  {
    names: ["--ignore-unstarted"],
    summary: "stop, restart, release: a service that is not started is no error",
    apply: (o) => o.ignoreUnstarted = true,
  },
  {
    names: ["-f", "--force"],
    local: true,
    summary: "stop dependents, too",
    apply: (o) => o.force = true,
  },
  {
    names: ["--from"],
    local: true,
    value: {
      name: "SERVICE",
      missing: "--from should be followed by a service name",
      completes: "service",
    },
    summary: "the service that shall depend on the other",
    apply: (o, value) => o.from = value,
  },
  {
    names: ["--clear"],
    local: true,
    summary: "empty the buffer afterwards",
    apply: (o) => o.clear = true,
  },
  {
    names: ["-l", "--list"],
    local: true,
    summary: "list the signals that have names",
    apply: (o) => o.list = true,
  },
  {
    names: ["--json"],
    extension: true,
    summary: "write the result as one JSON document",
    apply: (o) => o.json = true,
  },
  {
    names: ["--color"],
    extension: true,
    value: choice("WHEN", "--color", ["auto", "always", "never"]),
    summary: "use colours: auto (on a terminal), always or never",
    apply: (o, value) => o.color = value as ColourChoice,
  },
  {
    names: ["--trace"],
    extension: true,
    summary: "show each packet of the conversation on standard error",
    apply: (o) => o.trace = true,
  },
  {
    names: ["--state"],
    extension: true,
    local: true,
    value: choice("STATE", "--state", STATE_CHOICES),
    summary: "only services in this state (repeatable)",
    apply: (o, value) => o.states.push(value as StateChoice),
  },
  {
    names: ["--names"],
    extension: true,
    local: true,
    summary: "show nothing but the names",
    apply: (o) => o.namesOnly = true,
  },
  {
    names: ["--long"],
    extension: true,
    local: true,
    summary: "add since when, restarts, last exit and end of the output",
    apply: (o) => o.long = true,
  },
  {
    names: ["--follow"],
    extension: true,
    local: true,
    summary: "go on with what is written from now on",
    apply: (o) => o.follow = true,
  },
  {
    names: ["--reverse"],
    extension: true,
    local: true,
    summary: "show dependents instead of dependencies",
    apply: (o) => o.reverse = true,
  },
  {
    names: ["--format"],
    extension: true,
    local: true,
    value: choice("FORMAT", "--format", GRAPH_FORMATS),
    summary: "the language to write: dot (the default), mermaid or json",
    apply: (o, value) => o.format = value as GraphFormat,
  },
  {
    names: ["--for"],
    extension: true,
    local: true,
    value: choice("STATE", "--for", ["started", "stopped"]),
    summary: "what to wait for: started (the default) or stopped",
    apply: (o, value) => o.waitFor = value as CtlOptions["waitFor"],
  },
  {
    names: ["--timeout"],
    extension: true,
    local: true,
    value: {
      name: "SECONDS",
      missing: "--timeout should be followed by a number of seconds",
      pattern: /^\d{1,9}(\.\d+)?$/,
    },
    summary: "wait no longer than this",
    apply: (o, value) => o.timeout = Number(value),
  },
  {
    names: ["--since"],
    extension: true,
    local: true,
    value: {
      name: "SEQ",
      missing: "--since should be followed by the number of an event",
      pattern: /^\d{1,15}$/,
    },
    summary: "begin behind event SEQ, or with the oldest one",
    apply: (o, value) => o.since = Number(value),
  },
];

/** The value of an option that is one of a few words. */
function choice(name: string, option: string, oneOf: readonly string[]): OptionValue {
  return { name, oneOf, missing: `${option} should be followed by one of: ${oneOf.join(", ")}` };
}

/** What a command line without options says. */
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
  };
}
