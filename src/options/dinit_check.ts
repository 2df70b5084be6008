/** The options of `dinit-check` (cli 5.1), one row each. */

import type { Mode } from "../client/mod.ts";
import type { Option } from "./option.ts";

/** What a command line says. */
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
  /** Whether to check all services of files with several services, besides `services`. */
  all: boolean;
  /** The services to check, as given; `boot` by default. */
  services: string[];
}

/** All options, in the order of the help text. */
export const DINIT_CHECK_OPTIONS: readonly Option<CheckOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    short: "-d",
    long: "--services-dir",
    value: { name: "DIR", kind: "directory", missing: "'--services-dir' (-d) requires an argument" },
    help: "look for services here (repeatable)",
    apply: (o, value) => o.servicesDirs.push(value),
  },
  {
    short: "-e",
    long: "--env-file",
    value: {
      name: "FILE",
      kind: "file",
      missing: "--env-file/-e should be followed by environment file path",
    },
    help: "take variables from this file, too",
    apply: (o, value) => o.envFile = value,
  },
  {
    short: "-n",
    long: "--online",
    help: "take directories and variables from a running daemon instead",
    apply: (o) => o.online = true,
  },
  {
    short: "-p",
    long: "--socket-path",
    value: { name: "PATH", kind: "file", missing: "--socket-path/-p should be followed by socket path" },
    help: "use this control socket (with --online)",
    apply: (o, value) => o.socketPath = value,
  },
  {
    short: "-s",
    long: "--system",
    help: "check what the system's daemon would load",
    apply: (o) => o.mode = "system",
  },
  {
    short: "-u",
    long: "--user",
    help: "check what the user's own daemon would load",
    apply: (o) => o.mode = "user",
  },
  {
    long: "--explain",
    extension: true,
    help: "explain findings, look programs up in PATH, and tell more",
    apply: (o) => o.explain = true,
  },
  {
    long: "--severity",
    extension: true,
    assignable: true,
    value: {
      name: "LEVEL",
      missing: "--severity should be followed by one of: error, warning",
      oneOf: ["error", "warning"],
    },
    help: "exit with status 1 only for findings of this level or above",
    apply: (o, value) => o.severity = value as CheckOptions["severity"],
  },
  {
    long: "--json",
    extension: true,
    help: "write all findings to standard output as one JSON array",
    apply: (o) => o.format = "json",
  },
  {
    long: "--format=github",
    extension: true,
    help: "write all findings as annotations for GitHub workflows",
    apply: (o) => o.format = "github",
  },
  {
    long: "--print",
    extension: true,
    help: "write the named services to standard output as the daemon understands them",
    apply: (o) => o.print = true,
  },
  {
    long: "--portable",
    extension: true,
    help: "warn about lines that dinit 0.22.1 refuses; --print writes @meta lines",
    apply: (o) => o.portable = true,
  },
];

/** The values for a command line without options. */
export function defaultCheckOptions(): CheckOptions {
  return {
    help: false,
    online: false,
    mode: undefined,
    socketPath: undefined,
    envFile: undefined,
    servicesDirs: [],
    all: false,
    format: "text",
    print: false,
    portable: false,
    explain: false,
    severity: undefined,
    services: [],
  };
}
