/** The limits of log files and their archives: extensions. docs/logs.md. */

import type { LogFormat, LogStamps, ServiceDescription } from "../../model/mod.ts";
import type { Draft } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { parseUnsigned } from "../text/numbers.ts";
import { DURATION_SYNTAX, parseDuration, parseSize, SIZE_SYNTAX } from "../text/units.ts";
import { need } from "./host_features.ts";
import { meaningOf, SCRIPT_TYPES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** The smallest limit in bytes: a file is cut at the borders of its blocks, and every rotation has a price. */
const SMALLEST_SIZE = 16_384;
/** The shortest limit in milliseconds. */
const SHORTEST_AGE = 60_000;
/** The largest number of archives: each rotation renames all of them. */
const MOST_ARCHIVES = 10_000;

/** The fields of sizes. */
type SizeField = "logMaxSize" | "logKeepSize";

type LimitRow =
  & Pick<Setting, "name" | "syntax" | "summary" | "apply" | "show" | "default">
  & Partial<Pick<Setting, "withoutEffect">>;

/** @param isLimit whether the host rotates the file because of this setting */
function row(setting: LimitRow, isLimit = false): Setting {
  const { name, show } = setting;
  const asks = (description: ServiceDescription) =>
    description.logType === "file" && show?.(description) !== undefined;
  return settingRow({
    withoutEffect: isLimit ? whyUnlimited : whyNoArchives,
    ...setting,
    extension: true,
    types: SCRIPT_TYPES,
    change: "live",
    needs: isLimit ? [need("log-limits", asks, { label: name })] : [],
  });
}

function sizeRow(name: string, field: SizeField, summary: string): Setting {
  const isLimit = field === "logMaxSize";
  const smallest = isLimit ? SMALLEST_SIZE : 0;
  return row({
    name,
    syntax: SIZE_SYNTAX,
    default: "0, no limit",
    summary,
    apply({ draft: { description } }, { text }) {
      const size = parseSize(text);
      if (size > 0 && size < smallest) {
        throw new Mistake(`${name} is too small: write at least ${smallest / 1024}K, or 0 for no limit`, {
          code: "bad-size",
        });
      }
      description[field] = size;
    },
    show: (description) => description[field] === 0 ? undefined : String(description[field]),
  }, isLimit);
}

/** The settings of log files. */
export const LOG_LIMIT_SETTINGS: readonly Setting[] = [
  sizeRow("log-max-size", "logMaxSize", "how large the log file becomes before it is rotated"),
  row({
    name: "log-max-age",
    syntax: DURATION_SYNTAX,
    default: "0, no limit",
    summary: "when the log file is rotated: after this time; 1d: at midnight, 1h: at the full hour",
    apply({ draft: { description } }, { text }) {
      const age = parseDuration(text);
      if (age > 0 && age < SHORTEST_AGE) {
        throw new Mistake("log-max-age is too short: write at least 1m, or 0 for no limit", {
          code: "bad-duration",
        });
      }
      description.logMaxAge = age;
    },
    show: ({ logMaxAge }) => {
      if (logMaxAge === 0) return undefined;
      return logMaxAge % 1000 === 0 ? String(logMaxAge / 1000) : `${logMaxAge}ms`;
    },
  }, true),
  row({
    name: "log-keep",
    syntax: "COUNT",
    default: "7",
    summary: "how many archives of the log file are kept",
    apply({ draft: { description } }, { text }) {
      description.logKeep = parseUnsigned(text, MOST_ARCHIVES);
    },
    show: ({ logKeep }) => logKeep === 7 ? undefined : String(logKeep),
    withoutEffect: whyNoRotation,
  }),
  sizeRow("log-keep-size", "logKeepSize", "how large all archives together may be"),
  row({
    name: "log-compress",
    syntax: "gzip | no",
    default: "gzip",
    summary: "whether archives are compressed, apart from the newest one",
    apply({ draft: { description } }, { text }) {
      description.logCompress = meaningOf(
        COMPRESSIONS,
        text,
        'log compression must be one of: "gzip" or "no"',
      );
    },
    show: ({ logCompress }) => logCompress ? undefined : "no",
  }),
];

/** The settings of kept logs. */
export const KEPT_LOG_SETTINGS: readonly Setting[] = [
  keptRow({
    name: "log-timestamps",
    syntax: "no | iso | elapsed",
    default: "no",
    summary: "what stands in front of each line: nothing, the time, or the seconds since the log began",
    apply({ draft: { description } }, { text }) {
      description.logStamps = meaningOf(
        STAMPS,
        text,
        'log time stamps must be one of: "no", "iso" or "elapsed"',
      );
    },
    show: ({ logStamps }) => logStamps === "no" ? undefined : logStamps,
  }),
  keptRow({
    name: "log-format",
    syntax: "text | json",
    default: "text",
    summary: "whether each line is written as it is, or as a JSON document",
    apply({ draft: { description } }, { text }) {
      description.logFormat = meaningOf(FORMATS, text, 'log format must be one of: "text" or "json"');
    },
    show: ({ logFormat }) => logFormat === "text" ? undefined : logFormat,
  }),
  keptRow({
    name: "log-rate-limit",
    syntax: "COUNT",
    default: "0, no limit",
    summary: "how many lines a second are kept; the log says how many others were dropped",
    apply({ draft: { description } }, { text }) {
      description.logRateLimit = parseUnsigned(text);
    },
    show: ({ logRateLimit }) => logRateLimit === 0 ? undefined : String(logRateLimit),
  }),
];

function keptRow(setting: LimitRow): Setting {
  return settingRow({
    ...setting,
    extension: true,
    combined: true,
    types: SCRIPT_TYPES,
    change: "live",
    withoutEffect: ({ description: { logType } }) =>
      logType === "kept" ? undefined : "applies to 'log-type = kept' only: add that line, or remove this one",
  });
}

const STAMPS: ReadonlyMap<string, LogStamps> = new Map([["no", "no"], ["iso", "iso"], [
  "elapsed",
  "elapsed",
]]);
const FORMATS: ReadonlyMap<string, LogFormat> = new Map([["text", "text"], ["json", "json"]]);

const COMPRESSIONS: ReadonlyMap<string, boolean> = new Map([["gzip", true], ["no", false]]);

/** Whether a description limits its log file. */
export function limitsLog({ logMaxSize, logMaxAge }: ServiceDescription): boolean {
  return logMaxSize > 0 || logMaxAge > 0;
}

/** Why there is no log file to limit. */
function whyUnlimited({ description: { logType } }: Draft): string | undefined {
  return logType === "file" || logType === "kept" ? undefined : "selected log type is not 'file'";
}

/** Why the log file is never rotated. */
function whyNoRotation(draft: Draft): string | undefined {
  return whyUnlimited(draft) ??
    (limitsLog(draft.description) ? undefined : "there is neither 'log-max-size' nor 'log-max-age'");
}

/** Why there are no archives. */
function whyNoArchives(draft: Draft): string | undefined {
  return whyNoRotation(draft) ??
    (draft.description.logKeep === 0 ? "'log-keep = 0' keeps no archive" : undefined);
}
