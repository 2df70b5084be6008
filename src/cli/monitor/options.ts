/** The options of `dinit-monitor` (cli 6.1), one row each, and the scan of a command line. */

import type { Mode } from "../../client/mod.ts";
import { monitorFailure } from "./failure.ts";

/** The values of the options. */
export interface MonitorOptions {
  help: boolean;
  version: boolean;
  /** The last of `--system` and `--user`. */
  mode: Mode | undefined;
  socketPath: string | undefined;
  command: string | undefined;
  /** End after the first command. */
  exit: boolean;
  /** The names are those of environment variables. */
  environment: boolean;
  /** Also run the command for the state at the beginning. */
  initial: boolean;
  /** The words that `%s` stands for. */
  words: StatusWords;
  /** In the order given. */
  names: string[];
}

/** The word for each event. */
export interface StatusWords {
  started: string;
  stopped: string;
  failed: string;
  set: string;
  unset: string;
}

/** One option. */
export interface MonitorOption {
  /** All spellings; the long one comes last. */
  readonly names: readonly string[];
  /** Its name in the help text, and the error for a missing value. @default none */
  readonly value?: { readonly name: string; readonly missing: string; readonly kind?: "file" };
  readonly summary: string;
  /** Enters it into the options; `value` is empty for an option without one. */
  readonly apply: (options: MonitorOptions, value: string) => void;
}

/** All options, in the order of the help text. */
export const MONITOR_OPTIONS: readonly MonitorOption[] = [
  { names: ["--help"], summary: "show this text", apply: (o) => o.help = true },
  { names: ["--version"], summary: "show the version", apply: (o) => o.version = true },
  {
    names: ["-c", "--command"],
    value: { name: "COMMAND", missing: "--command/-c should be followed by command" },
    summary: "run this command (required)",
    apply: (o, value) => o.command = value,
  },
  { names: ["-e", "--exit"], summary: "end after the first command", apply: (o) => o.exit = true },
  {
    names: ["-E", "--env"],
    summary: "watch environment variables; without names all of them",
    apply: (o) => o.environment = true,
  },
  {
    names: ["-i", "--initial"],
    summary: "run the command for the state at the beginning, too",
    apply: (o) => o.initial = true,
  },
  ...(["started", "stopped", "failed", "set", "unset"] as const).map(wordOption),
  { names: ["-s", "--system"], summary: "talk to the system's daemon", apply: (o) => o.mode = "system" },
  { names: ["-u", "--user"], summary: "talk to the user's own daemon", apply: (o) => o.mode = "user" },
  {
    names: ["-p", "--socket-path"],
    value: {
      name: "PATH",
      missing: "--socket-path/-p should be followed by socket path",
      kind: "file",
    },
    summary: "use this control socket",
    // An empty path counts as none (cli 1.3).
    apply: (o, value) => o.socketPath = value === "" ? undefined : value,
  },
];

function wordOption(word: keyof StatusWords): MonitorOption {
  return {
    names: [`--str-${word}`],
    value: { name: "TEXT", missing: `--str-${word} should be followed by an argument` },
    summary: `let %s stand for TEXT instead of "${word}"`,
    apply: (o, value) => o.words[word] = value,
  };
}

/**
 * Scans the arguments from left to right, up to `--help` or `--version`. Unknown options are ignored. Throws
 * `ToolFailure`.
 */
export function scanMonitorArguments(args: readonly string[]): MonitorOptions {
  const options: MonitorOptions = {
    help: args.length === 0,
    version: false,
    mode: undefined,
    socketPath: undefined,
    command: undefined,
    exit: false,
    environment: false,
    initial: false,
    words: { started: "started", stopped: "stopped", failed: "failed", set: "set", unset: "unset" },
    names: [],
  };
  for (let i = 0; i < args.length && !options.help && !options.version; i++) {
    if (!args[i].startsWith("-")) options.names.push(args[i]);
    else i += scanOption(args[i], args[i + 1], options);
  }
  return options;
}

/** Enters one option. Returns how many of the following arguments belong to it. */
function scanOption(arg: string, next: string | undefined, options: MonitorOptions): number {
  const row = MONITOR_OPTIONS.find(({ names }) => names.includes(arg));
  if (row?.value !== undefined && next === undefined) throw monitorFailure(row.value.missing);
  row?.apply(options, next ?? "");
  return row?.value === undefined ? 0 : 1;
}
