/**
 * What the daemon says: the console lines, the main log, and the buffering between the daemon and a stream that
 * does not take its lines. It never makes the daemon wait.
 *
 * @module
 */

export { takesColours } from "./console_colour.ts";
export { ConsoleLog, type ConsoleLogOptions } from "./console_log.ts";
export {
  type ConsoleLevels,
  DaemonLog,
  type LineStream,
  type LogFormat,
  type MessageLog,
} from "./daemon_log.ts";
export { eventDocument } from "./json.ts";
export { type LogLevel, passes, type Threshold } from "./levels.ts";
export { LineBuffer } from "./line_buffer.ts";
export { type LineSink, LineWriter, type LineWriterOptions } from "./line_writer.ts";
export { logFile } from "./log_file.ts";
export { MainLog, type MainLogTarget, type MainLogWatcher } from "./main_log.ts";
export { RepeatedLines } from "./repeated_lines.ts";
export { Retries } from "./retries.ts";
export { type Words, words } from "./wording.ts";
export { syslog, SYSLOG_SOCKET, type SyslogSocket } from "./syslog.ts";
