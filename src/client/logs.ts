/** The output of a service as a stream of pieces. */

import { ControlError } from "../control/wire/mod.ts";
import { pause } from "./abort.ts";
import { NoLogError } from "./errors.ts";
import type { Handles } from "./handles.ts";
import { type LogPiece, type LogPosition, LogReader } from "./log_reader.ts";

/** The options of `Service.logs`. */
export interface LogOptions {
  /** Where an earlier read ended: only newer output follows. @default everything that the daemon keeps */
  readonly since?: LogPosition;
  /** Whether to continue with later output, until the signal or the end of the loop. @default false */
  readonly follow?: boolean;
  /** Ends the read; the loop throws its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/**
 * The pause between two reads of a followed log, in milliseconds. After new output it is short; without new output it
 * doubles, up to a length at which reading costs nothing noticeable.
 */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 200;

/** Reads a log. It opens a handle only for each read, so that others can reload the service in between. */
export async function* readLog(
  handles: Handles,
  name: string,
  { since, follow = false, signal }: LogOptions,
): AsyncGenerator<LogPiece, void, void> {
  signal?.throwIfAborted();
  if (await handles.client.extensions() === 0) {
    throw new ControlError("too-old-daemon", "The daemon cannot send parts of a log");
  }
  const reader = new LogReader(handles.client, since);
  for (let rest = SHORTEST_PAUSE;; rest = Math.min(2 * rest, LONGEST_PAUSE)) {
    const piece = await handles.read(name, false, async ({ id }) => {
      const found = await reader.next(id);
      if (found === undefined) {
        throw new NoLogError(name, logFileOf(await handles.client.query(`service ${id}`)));
      }
      return found;
    });
    if (piece.bytes.length > 0 || piece.lost > 0 || piece.replaced) {
      yield piece;
      rest = SHORTEST_PAUSE / 2;
    }
    if (!follow) return;
    await pause(rest, signal);
  }
}

function logFileOf(answer: unknown): string | undefined {
  const file = (answer as { readonly logFile?: unknown } | null | undefined)?.logFile;
  return typeof file === "string" ? file : undefined;
}
