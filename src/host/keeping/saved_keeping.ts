/** What a program leaves of the kept logs for the next one. */

import { flag, number, object, optional, type Schema, text } from "../../model/saving.ts";

/** The process of a keeper, as an earlier program has left it. */
export interface SavedKeeper {
  readonly fd: number;
  readonly inode: number;
  /** `undefined`: its start was not over. */
  readonly pid: number | undefined;
  /** A time after its start, in ticks since boot. */
  readonly seen: number;
  readonly ready: boolean;
  readonly version: string;
}

/** The schema of the saved process. */
export const savedKeeper: Schema<SavedKeeper> = object<SavedKeeper>({
  fd: number,
  inode: number,
  pid: optional(number),
  seen: number,
  ready: flag,
  version: text,
});

/** The log of a service as an earlier program has left it. */
export interface SavedLog {
  readonly name: string;
  readonly stage: number;
  readonly inode: number;
  readonly since: number;
}

/** The schema of a saved log. */
export const savedLog: Schema<SavedLog> = object<SavedLog>({
  name: text,
  stage: number,
  inode: number,
  since: number,
});
