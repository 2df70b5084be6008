/** The options of `dinitctl` (cli 2), one row each. The scanner and the help text work from it. */

import type { Mode } from "./socket_path.ts";

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
}

/** One option. */
export interface OptionRow {
  /** All spellings; the long one comes last. */
  readonly names: readonly string[];
  /** The name of its value in the help text, and what is said when the value is missing. @default none */
  readonly value?: { readonly name: string; readonly missing: string };
  /** Only accepted behind a sub-command whose row names it. @default false */
  readonly local?: boolean;
  readonly summary: string;
  /** Enters it into the options; `value` is empty for an option without one. */
  readonly apply: (options: CtlOptions, value: string) => void;
}

/** The options that only belong to some sub-commands, as those name them. */
export type LocalOption = "--force" | "--from" | "--clear" | "--list";

/** All options, in the order of the help text. */
export const OPTIONS: readonly OptionRow[] = [
  { names: ["--help"], summary: "show this text", apply: (o) => o.help = true },
  { names: ["--version"], summary: "show the version", apply: (o) => o.version = true },
  { names: ["-s", "--system"], summary: "talk to the system's daemon", apply: (o) => o.mode = "system" },
  { names: ["-u", "--user"], summary: "talk to the user's own daemon", apply: (o) => o.mode = "user" },
  {
    names: ["-p", "--socket-path"],
    value: { name: "PATH", missing: "--socket-path/-p should be followed by socket path" },
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
    value: { name: "DIR", missing: "'--services-dir' (-d) requires an argument" },
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
    value: { name: "SERVICE", missing: "--from should be followed by a service name" },
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
];

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
  };
}
