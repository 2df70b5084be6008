/** The starts of earlier daemons, for `analyze --boot=-1` and `analyze --boots`. */

import type { KnownSystem } from "../../client/steps.ts";
import {
  analyseStart,
  earlierStarts,
  keptRecords,
  KeptStartError,
  readKeptStart,
  secondsText,
  type StartRecords,
  usualTarget,
} from "../../insight/mod.ts";
import { ctlFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";
import { dateText } from "./timer_text.ts";

/** A start and what an analysis needs of it. */
export interface RecordedStart {
  /** 0: that of the daemon; -1: the one before, and so on. */
  readonly boot: number;
  readonly records: StartRecords;
  /** The end of what had not ended, in milliseconds since 1970. */
  readonly now: number;
  /** The time of the kernel before it, in milliseconds. @default undefined, the daemon was not the init of a machine */
  readonly kernel: number | undefined;
}

/** One line of `analyze --boots`. Times are in milliseconds since 1970, lengths in milliseconds. */
export interface BootDocument {
  readonly boot: number;
  /** When the start was asked for. @default absent, nothing was started, or the file cannot be read */
  readonly began?: number;
  /** The service whose start this was. @default absent, as `began` */
  readonly target?: string;
  /** @default absent, as `began` */
  readonly total?: number;
  /** False: the target had not started when this was written. @default absent, as `began` */
  readonly complete?: boolean;
  /** The service whose time was the longest of those that decided. @default absent, none took any time */
  readonly longest?: string;
  /** Why the file cannot be read. @default absent, it can be read */
  readonly problem?: string;
}

/** The files of earlier starts, the last one first. Throws `ToolFailure`. */
function filesOf(
  daemon: KnownSystem["daemon"],
): { readonly folder: string; readonly files: readonly string[] } {
  const starts = daemon?.starts;
  if (starts === undefined) {
    throw ctlFailure(
      "this daemon keeps no earlier starts: it has no state folder. Start it with --state-dir=DIR, or, if it is " +
        "older than this dinitctl, upgrade it",
    );
  }
  return { folder: starts.folder, files: readable(() => earlierStarts(starts)) };
}

/** An earlier start. Throws `ToolFailure`. @param boot from -1 on downwards */
export function earlierStart(daemon: KnownSystem["daemon"], boot: number): RecordedStart {
  const { folder, files } = filesOf(daemon);
  const file = files.at(-boot - 1);
  if (file === undefined) {
    const known = files.length === 0
      ? "no earlier start is kept"
      : `the oldest start that is kept is ${-files.length}`;
    throw ctlFailure(`there is no start ${boot}: ${known} in ${folder} (analyze --boots lists them)`);
  }
  return readable(() => recorded(boot, file));
}

function recorded(boot: number, file: string): RecordedStart {
  const kept = readKeptStart(file);
  return { boot, records: keptRecords(kept), now: kept.written, kernel: kept.kernel };
}

/** All known starts, that of the daemon first. Throws `ToolFailure`. */
export function bootDocuments(daemon: KnownSystem["daemon"], present: RecordedStart): BootDocument[] {
  return [
    bootDocument(present),
    ...filesOf(daemon).files.map((file, index): BootDocument => {
      const boot = -index - 1;
      try {
        return bootDocument(recorded(boot, file));
      } catch (error) {
        if (!(error instanceof KeptStartError)) throw error;
        return { boot, problem: error.message };
      }
    }),
  ];
}

function bootDocument({ boot, records, now }: RecordedStart): BootDocument {
  const target = usualTarget(records.times);
  const start = target === undefined ? undefined : analyseStart(records, target, now);
  if (start === undefined) return { boot };
  const longest = start.next?.without;
  return {
    boot,
    began: start.begin,
    target: start.target,
    total: start.total,
    complete: start.end !== undefined,
    ...(longest === undefined ? {} : { longest }),
  };
}

/** The rows of the list. */
export function bootRows(boots: readonly BootDocument[]): string[][] {
  return [
    ["BOOT", "BEGAN", "TOOK", "SERVICE", "LONGEST"],
    ...boots.map(({ boot, began, total, target, complete, longest, problem }) =>
      began === undefined || total === undefined || target === undefined
        ? [String(boot), "-", "-", printable(problem ?? "nothing was started"), ""]
        : [
          String(boot),
          dateText(began),
          secondsText(total),
          `${printable(target)}${complete ? "" : " (not complete)"}`,
          longest === undefined ? "-" : printable(longest),
        ]
    ),
  ];
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof KeptStartError) throw ctlFailure(error.message);
    throw error;
  }
}
