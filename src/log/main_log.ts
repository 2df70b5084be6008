/**
 * The main log, kept by LogTape: levels and delivery are the library's, the lines and the file are ours.
 * The library is loaded when there is a main log, and not before.
 */

import type { LogLevel } from "../engine/mod.ts";
import type { Threshold } from "./levels.ts";
import { LineWriter } from "./line_writer.ts";

/** The main log. */
export interface MainLog {
  log(level: LogLevel, line: string): void;
  /** Waits until everything is written, at most `limit` milliseconds. */
  flush(limit: number): Promise<void>;
}

/** The library's names for our levels. */
const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/**
 * Opens a file as the main log: lines are appended as they are, without time or host (daemon and init 5.1, 5.3).
 * Throws what the system says if the file cannot be opened.
 */
export async function openMainLog(path: string, threshold: Threshold): Promise<MainLog> {
  const file = await Deno.open(path, { append: true, create: true, mode: 0o644 });
  const writer = new LineWriter(file);
  if (threshold === "none") return { log: () => {}, flush: () => Promise.resolve() };
  const { configure, getLogger } = await import("@logtape/logtape");
  await configure({
    reset: true,
    sinks: { file: (record) => writer.write(record.message.join("")) },
    loggers: [
      { category: ["dinit"], sinks: ["file"], lowestLevel: LEVELS[threshold] },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" },
    ],
  });
  const logger = getLogger(["dinit"]);
  return {
    // As a property, and not as the template: text of a service must not be taken for a placeholder.
    log: (level, line) =>
      logger.emit({
        timestamp: Date.now(),
        level: LEVELS[level],
        message: [line],
        rawMessage: line,
        properties: {},
      }),
    flush: (limit) => writer.flush(limit),
  };
}
