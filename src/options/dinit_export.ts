/** The options of `dinit export`, one row each. */

import type { Option } from "./option.ts";

/** What descriptions can be exported to. */
export const EXPORT_KINDS = ["kubernetes", "compose", "systemd"] as const;
/** One of these targets. */
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** What a command line says. */
export interface ExportOptions {
  help: boolean;
  /** @default undefined until the first word is read */
  kind: ExportKind | undefined;
  /** The services to export with all that they depend on; `boot` by default. */
  services: string[];
  /** In the order given. @default the current directory's `dinit.d` */
  servicesDirs: string[];
  /** The folder for the files. @default undefined: they are shown */
  out: string | undefined;
  /** The name of the application, and of its objects. */
  name: string;
  /** The image of the containers. */
  image: string | undefined;
  /** The services that each get a separate pod. */
  split: string[];
  /** Whether scheduled services become CronJobs. */
  splitJobs: boolean;
  json: boolean;
  strict: boolean;
  force: boolean;
}

/** All options, in the order of the help text. */
export const DINIT_EXPORT_OPTIONS: readonly Option<ExportOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    short: "-d",
    long: "--services-dir",
    value: { name: "DIR", kind: "directory", missing: "'--services-dir' (-d) requires an argument" },
    help: "look for services here (repeatable); the default is dinit.d",
    apply: (o, value) => o.servicesDirs.push(value),
  },
  {
    long: "--out",
    assignable: true,
    value: { name: "DIR", kind: "directory", missing: "--out should be followed by a directory" },
    help: "write the files to this directory instead of showing them",
    apply: (o, value) => o.out = value,
  },
  {
    long: "--name",
    assignable: true,
    value: {
      name: "NAME",
      missing: "--name should be followed by a name of lower-case letters, digits and dashes",
      pattern: /^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/,
    },
    help: "name the application; the default is app",
    apply: (o, value) => o.name = value,
  },
  {
    long: "--image",
    assignable: true,
    value: { name: "IMAGE", missing: "--image should be followed by the name of an image" },
    help: "use this image; the default is localhost/NAME",
    apply: (o, value) => o.image = value,
  },
  {
    long: "--split",
    assignable: true,
    value: {
      name: "NAMES",
      missing: "--split should be followed by names of services with commas between them",
    },
    help: "kubernetes: put each of these services into a separate deployment",
    apply: (o, value) => o.split.push(...value.split(",").filter((name) => name !== "")),
  },
  {
    long: "--split-jobs",
    help: "kubernetes: make a cron job of each scheduled service",
    apply: (o) => o.splitJobs = true,
  },
  { long: "--json", help: "write the account as one JSON document", apply: (o) => o.json = true },
  {
    long: "--strict",
    help: "exit with status 1 instead of 3 if something has no counterpart",
    apply: (o) => o.strict = true,
  },
  { long: "--force", help: "replace files that exist", apply: (o) => o.force = true },
];

/** The values for a command line without options. */
export function defaultExportOptions(): ExportOptions {
  return {
    help: false,
    kind: undefined,
    services: [],
    servicesDirs: [],
    out: undefined,
    name: "app",
    image: undefined,
    split: [],
    splitJobs: false,
    json: false,
    strict: false,
    force: false,
  };
}
