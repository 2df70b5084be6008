/** The options of `dinit up`, `dinit down` and `dinit init`, one row each. */

import type { Option } from "./option.ts";

/** What the command line of `up` says. */
export interface UpOptions {
  help: boolean;
  /** Return when the services are ready; they go on. */
  detach: boolean;
  /** Whether a service that has failed for good ends everything. @default undefined: unless at a terminal */
  exitOnFailure: boolean | undefined;
  /** A file or folder with services, and the names of services, in the order given. */
  words: string[];
}

/** What the command line of `down` says. */
export interface DownOptions {
  help: boolean;
  /** The file or folder that `up` was given. */
  words: string[];
}

/** What the command line of `init` says. */
export interface InitOptions {
  help: boolean;
  /** Replace a file that exists. */
  force: boolean;
}

const HELP = "show this text";

/** All options of `up`, in the order of the help text. */
export const DINIT_UP_OPTIONS: readonly Option<UpOptions>[] = [
  { long: "--help", last: true, help: HELP, apply: (o) => o.help = true },
  {
    short: "-d",
    long: "--detach",
    help: "return when the services are ready or have failed; they go on",
    apply: (o) => o.detach = true,
  },
  {
    long: "--exit-on-failure",
    help: "when a service has failed for good, stop all others and exit with 1, as\nwithout a terminal",
    apply: (o) => o.exitOnFailure = true,
  },
  {
    long: "--keep-going",
    help: "go on with the other services, as at a terminal",
    apply: (o) => o.exitOnFailure = false,
  },
];

/** All options of `down`. */
export const DINIT_DOWN_OPTIONS: readonly Option<DownOptions>[] = [
  { long: "--help", last: true, help: HELP, apply: (o) => o.help = true },
];

/** All options of `init`. */
export const DINIT_INIT_OPTIONS: readonly Option<InitOptions>[] = [
  { long: "--help", last: true, help: HELP, apply: (o) => o.help = true },
  {
    short: "-f",
    long: "--force",
    help: "replace a file dinit.toml that exists",
    apply: (o) => o.force = true,
  },
];
