/** What is kept about the schedule of a service: for another program in the part `schedule`, and in a file. */

import {
  flag,
  listOf,
  number,
  object,
  optional,
  or,
  type Plain,
  type Schema,
  text,
  toPlain,
} from "../model/saving.ts";
import type { RunDocument } from "../model/schedule_status.ts";
import type { Stretch } from "./dealt_with.ts";

/** How many of the last runs are kept; the last success is one of them. */
export const KEPT_RUNS = 20;

/** What is kept. */
export interface SavedSchedule {
  /** See `DealtWith`. */
  readonly dealtWith: readonly Stretch[];
  /** A run was missed, and is to be made up. */
  readonly owed: boolean;
  /** The last runs, the latest first. */
  readonly runs: readonly RunDocument[];
  /** With `schedule-interval`: the last slot, by the clock since boot. Only another program of this boot has it. */
  readonly base: number | undefined;
  /** When the missed run is made up, by the clock since boot. Only another program of this boot has it. */
  readonly makeUpAt: number | undefined;
  /** Whether runs may begin. Only another program of this boot has it. */
  readonly armed: boolean;
}

const stretch: Schema<Stretch> = (saved, path) => {
  const [from, to] = listOf(number)(saved, path);
  return [number(from, `${path}.0`), number(to, `${path}.1`)];
};

/** Checks a document. */
export const savedSchedule: Schema<SavedSchedule> = object<SavedSchedule>({
  dealtWith: or(listOf(stretch), []),
  owed: or(flag, false),
  runs: or(
    listOf(object<RunDocument>({
      at: number,
      took: number,
      cause: text,
      result: text,
      status: optional(number),
      signal: optional(number),
    })),
    [],
  ),
  base: optional(number),
  makeUpAt: optional(number),
  armed: or(flag, false),
});

/** The document; without what only programs of this boot understand, if it is for a file. */
export function scheduleDocument(
  { dealtWith, owed, runs, base, makeUpAt, armed }: SavedSchedule,
  { forFile = false } = {},
): Plain {
  return toPlain({
    dealtWith,
    ...(owed ? { owed } : {}),
    runs: runs.map(({ status, signal, ...run }) => ({
      ...run,
      ...(status === undefined ? {} : { status }),
      ...(signal === undefined ? {} : { signal }),
    })),
    ...(forFile || base === undefined ? {} : { base }),
    ...(forFile || makeUpAt === undefined ? {} : { makeUpAt }),
    ...(forFile || !armed ? {} : { armed }),
  });
}
