/** The output of a service as a stream of pieces. */

import { ControlError } from "../control/wire/mod.ts";
import { pause } from "./abort.ts";
import { NoLogError } from "./errors.ts";
import type { Handles } from "./handles.ts";
import { type LogPiece, type LogPosition, LogReader } from "./log_reader.ts";

/** How `Service.logs` reads. */
export interface LogOptions {
  /** Where an earlier reading ended: only what is newer comes. @default all that the daemon keeps */
  readonly since?: LogPosition;
  /** Whether to go on with what the service writes later, until the signal or the end of the loop. @default false */
  readonly follow?: boolean;
  /** Ends the reading; the loop throws its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/**
 * Milliseconds between two looks at a log that is followed. After something new the next look comes soon; without
 * anything new the pauses double until they are long enough to be no work for anybody.
 */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 200;

/** Reads a log. A handle is open only while it is looked at, so that others can reload the service meanwhile. */
export async function* readLog(
  handles: Handles,
  name: string,
  { since, follow = false, signal }: LogOptions,
): AsyncGenerator<LogPiece, void, void> {
  signal?.throwIfAborted();
  if (await handles.client.extensions() === 0) {
    throw new ControlError("too-old-daemon", "The daemon cannot tell parts of a log");
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
