/** Reads the buffered output of a service in pieces (docs/control-protocol.md, topic `log`). */

import { ControlError, type LogPart } from "../control/wire/mod.ts";
import { encodeBytes } from "../model/bytes.ts";
import type { ControlClient } from "./control_client.ts";

/** The position in a log. Plain data, so that a program can store it and continue later. */
export interface LogPosition {
  /** How often the buffer had been cleared. */
  readonly generation: number;
  /** How many bytes the buffer had received. */
  readonly offset: number;
}

/** A piece of the output of a service. */
export interface LogPiece {
  /** The output; one character may be spread over two pieces. */
  readonly bytes: Uint8Array;
  /** The position after this piece: `since` of a later read. */
  readonly position: LogPosition;
  /** How many bytes before this piece were overwritten or cleared before they could be read. */
  readonly lost: number;
  /** This is not the log of `since`: the daemon was restarted, or the service was loaded again. */
  readonly replaced: boolean;
}

/** Reads the new output of one buffer. */
export class LogReader {
  readonly #client: ControlClient;
  #position: LogPosition | undefined;

  /** @param position where an earlier read ended. @default undefined: begins with the whole buffer */
  constructor(client: ControlClient, position?: LogPosition) {
    this.#client = client;
    this.#position = position;
  }

  /**
   * The new output, possibly empty; `undefined` if the service has no buffer. Throws `ControlError`.
   *
   * @param handle an open handle of the service
   */
  async next(handle: number): Promise<LogPiece | undefined> {
    const before = this.#position;
    let part = await this.#part(handle, before);
    if (part === undefined) return undefined;
    const replaced = before !== undefined && part.end < before.offset;
    if (replaced) {
      part = await this.#part(handle, undefined);
      if (part === undefined) return undefined;
    }
    this.#position = { generation: part.generation, offset: part.end };
    // Output that was overwritten before the first read is old, and does not count as lost.
    const expected = before === undefined || replaced ? part.start : before.offset;
    return {
      bytes: encodeBytes(part.text),
      position: this.#position,
      lost: Math.max(0, part.start - expected),
      replaced,
    };
  }

  async #part(handle: number, from: LogPosition | undefined): Promise<LogPart | undefined> {
    const answer = await this.#client.query(`log ${handle} ${from?.generation ?? 0} ${from?.offset ?? 0}`);
    if (answer === undefined) return undefined;
    if (!isLogPart(answer)) {
      throw new ControlError("protocol", "The daemon sent a part of a log without its fields");
    }
    return answer;
  }
}

/** Whether a document of the daemon is a part of a log. */
export function isLogPart(answer: unknown): answer is LogPart {
  const part = answer as Partial<LogPart> | null;
  return typeof part?.text === "string" && typeof part.end === "number" && typeof part.start === "number" &&
    typeof part.generation === "number";
}
