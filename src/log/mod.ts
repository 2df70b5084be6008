/**
 * What the daemon says: the console lines, the main log, and the buffering between the daemon and a stream that
 * does not take its lines. It never makes the daemon wait.
 *
 * @module
 */

export { ConsoleLog, type ConsoleLogOptions } from "./console_log.ts";
export { type ConsoleLevels, DaemonLog, type LineStream } from "./daemon_log.ts";
export { passes, type Threshold } from "./levels.ts";
export { LineBuffer } from "./line_buffer.ts";
export { type LineSink, LineWriter } from "./line_writer.ts";
export { type MainLog, openMainLog } from "./main_log.ts";
