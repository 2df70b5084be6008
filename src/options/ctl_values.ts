/** The values that the options of `dinitctl` set (cli 2). */

import type { Mode } from "../client/mod.ts";

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
  /** The machine of the daemon, as ssh names it. @default undefined, this one */
  host: string | undefined;
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
  /** `start`, `stop`, `restart`: all services. */
  all: boolean;
  /** `health`: check now. */
  run: boolean;
  /** `--test`: the expression to test. */
  test: string | undefined;
  json: boolean;
  color: ColourChoice;
  trace: boolean;
  /** Empty: any state. */
  states: StateChoice[];
  namesOnly: boolean;
  long: boolean;
  /** `status`: with what services cost. */
  figures: boolean;
  /** `top`: show it once. */
  once: boolean;
  /** `analyze chart`: draw with characters. */
  terminal: boolean;
  /** `analyze`: which start; 0 is that of the daemon, -1 the one before. */
  boot: number;
  /** `analyze`: list the known starts. */
  boots: boolean;
  follow: boolean;
  reverse: boolean;
  format: GraphFormat;
  waitFor: "started" | "stopped";
  /** Seconds. @default undefined, no limit */
  timeout: number | undefined;
  /** The program that takes over, or that is only checked. @default undefined, the file of the running one */
  exec: string | undefined;
  check: boolean;
  /** `permissions`: record them. */
  record: boolean;
  /** How long, with a unit. @default undefined, until an interruption */
  during: string | undefined;
  /** The kinds of permissions that are denied meanwhile. */
  deny: string[];
  /** The number of the last event that is known, or a time. @default undefined, from now on, or no limit */
  since: string | undefined;
  /** A time. @default undefined, no limit */
  until: string | undefined;
  /** @default undefined, as the command decides */
  lines: number | undefined;
  /** A regular expression. @default undefined, all lines */
  grep: string | undefined;
}

/** The values for a command line without options. */
export function defaultOptions(): CtlOptions {
  return {
    help: false,
    version: false,
    mode: undefined,
    socketPath: undefined,
    host: undefined,
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
    all: false,
    run: false,
    test: undefined,
    json: false,
    color: "auto",
    trace: false,
    states: [],
    namesOnly: false,
    long: false,
    figures: false,
    once: false,
    terminal: false,
    boot: 0,
    boots: false,
    follow: false,
    reverse: false,
    format: "dot",
    waitFor: "started",
    timeout: undefined,
    since: undefined,
    exec: undefined,
    check: false,
    record: false,
    during: undefined,
    deny: [],
    until: undefined,
    lines: undefined,
    grep: undefined,
  };
}
