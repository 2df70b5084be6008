/** The options of `dinit build`, one row each. */

import type { Option } from "./option.ts";

/** What the command line says. */
export interface BuildOptions {
  help: boolean;
  /** The folder with the files in TypeScript. @default undefined: none is named */
  folder: string | undefined;
  /** The folder for the descriptions. @default undefined: none is named */
  to: string | undefined;
  /** Write nothing, and find out whether the descriptions are current. */
  check: boolean;
  /** Replace files that others have written. */
  force: boolean;
  /** How long each file may take, in seconds. */
  timeout: number;
}

/** Seconds. Files compute little; one that never ends is noticed in time. */
const DEFAULT_TIMEOUT = 10;

/** All options, in the order of the help text. */
export const DINIT_BUILD_OPTIONS: readonly Option<BuildOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    long: "--to",
    assignable: true,
    value: { name: "DIR", kind: "directory", missing: "--to should be followed by a directory" },
    help: "write the descriptions to this directory",
    apply: (o, value) => o.to = value,
  },
  {
    long: "--check",
    help: "write nothing; exit with 1 if a description is missing or not current",
    apply: (o) => o.check = true,
  },
  {
    short: "-f",
    long: "--force",
    help: "replace files that dinit build has not made",
    apply: (o) => o.force = true,
  },
  {
    long: "--timeout",
    assignable: true,
    value: {
      name: "SECONDS",
      missing: "--timeout should be followed by a number of seconds",
      kind: "number",
      pattern: /^(?!0*(\.0*)?$)\d{1,6}(\.\d+)?$/,
    },
    help: `how long each file may take; the default is ${DEFAULT_TIMEOUT}`,
    apply: (o, value) => o.timeout = Number(value),
  },
];

/** The values for a command line without options. */
export function defaultBuildOptions(): BuildOptions {
  return {
    help: false,
    folder: undefined,
    to: undefined,
    check: false,
    force: false,
    timeout: DEFAULT_TIMEOUT,
  };
}
