/** The options of `dinit-log`, one row each. */

import { parseDuration, parseSize } from "../description/text/units.ts";
import type { Option, OptionValue } from "./option.ts";
import { choice } from "./scan.ts";

/** What stands in front of each line. */
const STAMP_CHOICES = ["no", "iso", "elapsed"] as const;
export type StampChoice = (typeof STAMP_CHOICES)[number];

/** How a log is written. */
export interface LogOptions {
  help: boolean;
  /** When to begin another file, in bytes; 0: never because of the size. */
  maxSize: number;
  /** When to begin another file, in milliseconds; 0: never because of the time. */
  maxAge: number;
  /** How many archives to keep. */
  keep: number;
  /** How many bytes all archives may have; 0: any number. */
  keepSize: number;
  compress: boolean;
  stamps: StampChoice;
  format: "text" | "json";
  /** Lines in a second; 0: any number. */
  rateLimit: number;
  /** The permissions of new files. */
  mode: number;
  /** Rotate a file that others write. */
  inPlace: boolean;
  /** Who may own that file. */
  owner: number | undefined;
  /** The folder or file. */
  target: string | undefined;
}

/** All options, in the order of the help text. */
export const DINIT_LOG_OPTIONS: readonly Option<LogOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  row(
    "--max-size",
    size("SIZE"),
    "the largest size of a file: 512K, 10M (the default), 1G; 0: no limit",
    (o, value) => o.maxSize = parseSize(value),
  ),
  row(
    "--max-age",
    {
      name: "DURATION",
      kind: "number",
      pattern: /^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)?$/,
      missing: "--max-age should be followed by a duration such as 90m, 1h or 1d",
    },
    "the time for a file: 90m; 1h: to the full hour; 1d: to midnight; 0: no limit (the default)",
    (o, value) => o.maxAge = parseDuration(value),
  ),
  row(
    "--keep",
    count("--keep", "N"),
    "keep N archives; the default is 7",
    (o, value) => o.keep = Number(value),
  ),
  row(
    "--keep-size",
    size("SIZE", "--keep-size"),
    "the largest size of all archives together; 0: no limit (the default)",
    (o, value) => o.keepSize = parseSize(value),
  ),
  row(
    "--compress",
    choice("HOW", "--compress", ["gzip", "no"]),
    "compress archives from the second on: gzip (the default) or no",
    (o, value) => o.compress = value === "gzip",
  ),
  row(
    "--timestamps",
    choice("WHAT", "--timestamps", STAMP_CHOICES),
    "begin each line with: no (the default), iso (the time), elapsed (seconds)",
    (o, value) => o.stamps = value as StampChoice,
  ),
  row(
    "--format",
    choice("FORMAT", "--format", ["text", "json"]),
    "write text (the default), or one JSON document for each line",
    (o, value) => o.format = value as LogOptions["format"],
  ),
  row(
    "--rate-limit",
    count("--rate-limit", "LINES"),
    "drop and count further lines in a second; 0: no limit (the default)",
    (o, value) => o.rateLimit = Number(value),
  ),
  row(
    "--mode",
    {
      name: "MODE",
      kind: "number",
      pattern: /^[0-7]{1,4}$/,
      missing: "--mode should be followed by octal permissions such as 640",
    },
    "the permissions of new files, in octal; the default is 600",
    (o, value) => o.mode = parseInt(value, 8),
  ),
  {
    long: "--in-place",
    help: "rotate FILE now, which other programs write themselves, if it has the largest size; then end",
    apply: (o) => o.inPlace = true,
  },
  row(
    "--owner",
    count("--owner", "UID"),
    "with --in-place, a user who may own FILE, besides root and the caller; the default is none",
    (o, value) => o.owner = Number(value),
  ),
];

function row(
  long: string,
  value: OptionValue,
  help: string,
  apply: (options: LogOptions, value: string) => void,
): Option<LogOptions> {
  return { long, value, help, apply, assignable: true };
}

function size(name: string, option = "--max-size"): OptionValue {
  return {
    name,
    kind: "number",
    pattern: /^\d{1,15}[KMG]?$/,
    missing: `${option} should be followed by a size such as 512K, 10M or 1G`,
  };
}

function count(option: string, name: string): OptionValue {
  return { name, kind: "number", pattern: /^\d{1,9}$/, missing: `${option} should be followed by a number` };
}

/** The values for a command line without options. */
export function defaultLogOptions(): LogOptions {
  return {
    help: false,
    maxSize: 10 * 1024 ** 2,
    maxAge: 0,
    keep: 7,
    keepSize: 0,
    compress: true,
    stamps: "no",
    format: "text",
    rateLimit: 0,
    mode: 0o600,
    inPlace: false,
    owner: undefined,
    target: undefined,
  };
}
