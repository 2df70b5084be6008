/** The options of `dinit-monitor` (cli 6.1), one row each. */

import type { Mode } from "../client/mod.ts";
import type { Option } from "./option.ts";

/** What a command line says. */
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

/** All options, in the order of the help text. */
export const DINIT_MONITOR_OPTIONS: readonly Option<MonitorOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  { long: "--version", last: true, help: "show the version", apply: (o) => o.version = true },
  {
    short: "-c",
    long: "--command",
    value: {
      name: "COMMAND",
      kind: "command",
      mayBeEmpty: true,
      missing: "--command/-c should be followed by command",
    },
    help: "run this command (required)",
    apply: (o, value) => o.command = value,
  },
  { short: "-e", long: "--exit", help: "end after the first command", apply: (o) => o.exit = true },
  {
    short: "-E",
    long: "--env",
    help: "watch environment variables; without names all of them",
    apply: (o) => o.environment = true,
  },
  {
    short: "-i",
    long: "--initial",
    help: "run the command for the state at the beginning, too",
    apply: (o) => o.initial = true,
  },
  ...(["started", "stopped", "failed", "set", "unset"] as const).map(wordOption),
  { short: "-s", long: "--system", help: "talk to the system's daemon", apply: (o) => o.mode = "system" },
  { short: "-u", long: "--user", help: "talk to the user's own daemon", apply: (o) => o.mode = "user" },
  {
    short: "-p",
    long: "--socket-path",
    value: {
      name: "PATH",
      missing: "--socket-path/-p should be followed by socket path",
      kind: "file",
      mayBeEmpty: true,
    },
    help: "use this control socket",
    // An empty path counts as none (cli 1.3).
    apply: (o, value) => o.socketPath = value === "" ? undefined : value,
  },
];

function wordOption(word: keyof StatusWords): Option<MonitorOptions> {
  return {
    long: `--str-${word}`,
    value: { name: "TEXT", mayBeEmpty: true, missing: `--str-${word} should be followed by an argument` },
    help: `let %s stand for TEXT instead of "${word}"`,
    apply: (o, value) => o.words[word] = value,
  };
}

/** The values for a command line without options. */
export function defaultMonitorOptions(): MonitorOptions {
  return {
    help: false,
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
}
