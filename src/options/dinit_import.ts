/** The options of `dinit import`, one row each. */

import type { Option } from "./option.ts";

/** The kinds of input. */
export const IMPORT_KINDS = ["systemd", "compose", "procfile", "supervisor", "pm2", "runit"] as const;
/** One of these kinds. */
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What a command line says. */
export interface ImportOptions {
  help: boolean;
  /** The kind of all paths. @default undefined: recognised by the names of the files */
  kind: ImportKind | undefined;
  /** In the order given; at least one. */
  paths: string[];
  /** The folder for the descriptions. */
  to: string | undefined;
  dryRun: boolean;
  json: boolean;
  strict: boolean;
  force: boolean;
  podman: boolean;
}

/** All options, in the order of the help text. */
export const DINIT_IMPORT_OPTIONS: readonly Option<ImportOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    long: "--to",
    assignable: true,
    value: { name: "DIR", kind: "directory", missing: "--to should be followed by a directory" },
    help: "write the descriptions to this directory",
    apply: (o, value) => o.to = value,
  },
  {
    long: "--dry-run",
    help: "show the files instead of writing them",
    apply: (o) => o.dryRun = true,
  },
  {
    long: "--json",
    help: "write the account as one JSON document",
    apply: (o) => o.json = true,
  },
  {
    long: "--strict",
    help: "exit with status 1 instead of 3 if something has no counterpart",
    apply: (o) => o.strict = true,
  },
  {
    long: "--force",
    help: "replace files that exist",
    apply: (o) => o.force = true,
  },
  {
    long: "--podman",
    help: "compose: run images with podman",
    apply: (o) => o.podman = true,
  },
];

/** The values for a command line without options. */
export function defaultImportOptions(): ImportOptions {
  return {
    help: false,
    kind: undefined,
    paths: [],
    to: undefined,
    dryRun: false,
    json: false,
    strict: false,
    force: false,
    podman: false,
  };
}
