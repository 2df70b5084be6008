/** The options of `dinit-check` (cli 5.1), one row each, and the scan of a command line. */

import type { Mode } from "../../client/mod.ts";
import { checkFailure } from "./failure.ts";

/** The values of the options. */
export interface CheckOptions {
  help: boolean;
  online: boolean;
  /** The last of `--system` and `--user`. */
  mode: Mode | undefined;
  socketPath: string | undefined;
  envFile: string | undefined;
  /** In the order given. */
  servicesDirs: string[];
  format: "text" | "json" | "github";
  print: boolean;
  /** Warns about lines that dinit 0.22.1 refuses, and prints extensions as `@meta` lines. */
  portable: boolean;
  /** Give all explanations, as on a terminal and more. */
  explain: boolean;
  /** The least severity that makes the exit status 1. @default undefined: as in dinit 0.22.1 */
  severity: "error" | "warning" | undefined;
  /** The services to check, as given; `boot` by default. */
  services: string[];
}

/** One option. */
export interface CheckOption {
  /** All spellings; the long one comes last. */
  readonly names: readonly string[];
  /**
   * Its name in the help text, the error for a missing value, and the possible words. If there are such words, the
   * value may also follow a `=`.
   * @default none
   */
  readonly value?: { readonly name: string; readonly missing: string; readonly oneOf?: readonly string[] };
  readonly summary: string;
  /** Enters it into the options; `value` is empty for an option without one. */
  readonly apply: (options: CheckOptions, value: string) => void;
}

const DEFAULT_SERVICE = "boot";

/** All options, in the order of the help text. */
export const CHECK_OPTIONS: readonly CheckOption[] = [
  { names: ["--help"], summary: "show this text", apply: (o) => o.help = true },
  {
    names: ["-d", "--services-dir"],
    value: { name: "DIR", missing: "'--services-dir' (-d) requires an argument" },
    summary: "look for services here (repeatable)",
    apply: (o, value) => o.servicesDirs.push(value),
  },
  {
    names: ["-e", "--env-file"],
    value: { name: "FILE", missing: "--env-file/-e should be followed by environment file path" },
    summary: "take variables from this file, too",
    apply: (o, value) => o.envFile = value,
  },
  {
    names: ["-n", "--online"],
    summary: "take directories and variables from a running daemon instead",
    apply: (o) => o.online = true,
  },
  {
    names: ["-p", "--socket-path"],
    value: { name: "PATH", missing: "--socket-path/-p should be followed by socket path" },
    summary: "use this control socket (with --online)",
    apply: (o, value) => o.socketPath = value,
  },
  {
    names: ["-s", "--system"],
    summary: "check what the system's daemon would load",
    apply: (o) => o.mode = "system",
  },
  {
    names: ["-u", "--user"],
    summary: "check what the user's own daemon would load",
    apply: (o) => o.mode = "user",
  },
  {
    names: ["--explain"],
    summary: "explain findings, look programs up in PATH, and tell more",
    apply: (o) => o.explain = true,
  },
  {
    names: ["--severity"],
    value: {
      name: "LEVEL",
      missing: "--severity should be followed by one of: error, warning",
      oneOf: ["error", "warning"],
    },
    summary: "exit with status 1 only for findings of this level or above",
    apply: (o, value) => o.severity = value as CheckOptions["severity"],
  },
  {
    names: ["--json"],
    summary: "write all findings to standard output as one JSON array",
    apply: (o) => o.format = "json",
  },
  {
    names: ["--format=github"],
    summary: "write all findings as annotations for GitHub workflows",
    apply: (o) => o.format = "github",
  },
  {
    names: ["--print"],
    summary: "write the named services to standard output as the daemon understands them",
    apply: (o) => o.print = true,
  },
  {
    names: ["--portable"],
    summary: "warn about lines that dinit 0.22.1 refuses; --print writes @meta lines",
    apply: (o) => o.portable = true,
  },
];

/** Scans the arguments from left to right. Throws `ToolFailure` at the first wrong one. */
export function scanCheckArguments(args: readonly string[]): CheckOptions {
  const options: CheckOptions = {
    help: false,
    online: false,
    mode: undefined,
    socketPath: undefined,
    envFile: undefined,
    servicesDirs: [],
    format: "text",
    print: false,
    portable: false,
    explain: false,
    severity: undefined,
    services: [],
  };
  for (let i = 0; i < args.length && !options.help; i++) {
    if (args[i].startsWith("-")) i += scanOption(args[i], args[i + 1], options);
    else options.services.push(args[i]);
  }
  if (options.print && options.format !== "text") {
    throw checkFailure("--print cannot be combined with --json or --format=github");
  }
  if (options.services.length === 0) options.services.push(DEFAULT_SERVICE);
  return options;
}

/** Enters one option. Returns how many of the following arguments belong to it. */
function scanOption(arg: string, next: string | undefined, options: CheckOptions): number {
  const equals = arg.indexOf("=");
  const name = equals === -1 ? arg : arg.slice(0, equals);
  const row = CHECK_OPTIONS.find(({ names, value }) =>
    names.includes(arg) || (value?.oneOf !== undefined && names.includes(name))
  );
  if (row === undefined) throw checkFailure(`unrecognized option: '${arg}' (use '--help' for help)`);
  if (row.value === undefined) {
    row.apply(options, "");
    return 0;
  }
  const isAttached = row.value.oneOf !== undefined && equals !== -1;
  const value = isAttached ? arg.slice(equals + 1) : next;
  if (value === undefined || value === "" || row.value.oneOf?.includes(value) === false) {
    throw checkFailure(row.value.missing);
  }
  row.apply(options, value);
  return isAttached ? 0 : 1;
}
