/** The log of one service: a file with its archives, or a buffer of the daemon. */

import { reasonText } from "../../../model/grants.ts";
import { decodeBytes } from "../../../model/bytes.ts";
import { typed } from "../../../model/typed_module.ts";
import { lookAt } from "../../../rotation/archives.ts";
import type { FollowedLog } from "../../../rotation/followed_log.ts";
import { type LogTail, tailOf } from "../../../rotation/log_tail.ts";
import { ctlFailure, ToolFailure } from "../../shared/failure.ts";
import { timeOfLine } from "./times.ts";

/** A log that can be read to its present end, and then further. */
export interface LogSource extends Disposable {
  readonly service: string;
  /** Where it is, for messages. */
  readonly place: string;
  /**
   * The last lines, in pieces. Afterwards `next` continues.
   *
   * @param since leave out what is certainly older, in milliseconds since 1970
   */
  history(lines: number, since: number | undefined): AsyncIterable<Uint8Array>;
  /** What was added; empty if nothing was. `undefined`: the log is gone. */
  next(): Promise<LogAddition | undefined>;
}

/** What was added to a log. */
export interface LogAddition {
  readonly bytes: Uint8Array;
  /** How many bytes before that were overwritten before they could be read. */
  readonly lost: number;
}

/** A service that may have a log. */
export interface Candidate {
  readonly name: string;
  /** @default it has none, or the daemon does not tell */
  readonly logFile?: string;
}

/** A log file with its archives. */
export class FileSource implements LogSource {
  readonly service: string;
  readonly place: string;
  readonly #report: ((failure: ToolFailure) => void) | undefined;
  #log: FollowedLog | undefined;
  #end: LogTail["end"];
  #failed = false;

  /**
   * @param report receives the first failure; then the log has no more lines. @default methods reject with `ToolFailure`
   */
  constructor(service: string, path: string, report?: (failure: ToolFailure) => void) {
    this.service = service;
    this.place = path;
    this.#report = report;
  }

  async *history(lines: number, since: number | undefined): AsyncIterable<Uint8Array> {
    try {
      if (lookAt(this.place)?.isFile === false) throw notRegular(this.place);
      const { pieces, end } = await tailOf(this.place, { lines, since, timeOf });
      this.#end = end;
      yield* pieces;
    } catch (error) {
      this.#fail(error);
    }
  }

  async next(): Promise<LogAddition> {
    let bytes: Uint8Array = new Uint8Array(0);
    try {
      if (!this.#failed) bytes = (this.#log ??= await this.#follow()).next();
    } catch (error) {
      this.#fail(error);
    }
    return { bytes, lost: 0 };
  }

  async #follow(): Promise<FollowedLog> {
    const { FollowedLog } = await typed(import("../../../rotation/followed_log.ts"));
    return new FollowedLog(this.place, this.#end);
  }

  [Symbol.dispose](): void {
    this.#log?.[Symbol.dispose]();
  }

  #fail(error: unknown): void {
    const failure = error instanceof ToolFailure ? error : fileFailure(this.place, error);
    if (this.#report === undefined) throw failure;
    this.#failed = true;
    this.#report(failure);
  }
}

/** A log that is a device or a FIFO. */
export function notRegular(path: string): ToolFailure {
  return ctlFailure(`log ${path} is not a regular file and cannot be shown`);
}

/** The time stands at the beginning of a line. */
function timeOf(line: Uint8Array): number | undefined {
  return timeOfLine(decodeBytes(line.subarray(0, LONGEST_TIME)));
}

/** More bytes than the longest time has. */
const LONGEST_TIME = 64;

function fileFailure(path: string, error: unknown): ToolFailure {
  return ctlFailure(`cannot read log file ${path}: ${reasonText(error)}`);
}

/** The last lines of some bytes; a line without an end counts. */
export function lastLines(bytes: Uint8Array, count: number): Uint8Array {
  if (count === Infinity) return bytes;
  if (count <= 0) return bytes.subarray(bytes.length);
  let at = bytes.length - (bytes.at(-1) === 10 ? 1 : 0);
  for (let left = count; at > 0; left--) {
    at = bytes.lastIndexOf(10, at - 1);
    if (at === -1) break;
    if (left === 1) return bytes.subarray(at + 1);
  }
  return bytes;
}
