/**
 * What the daemon says: the console lines, the main log, and the buffering between the daemon and a stream that
 * does not take its lines. It never makes the daemon wait.
 *
 * @module
 */

export { takesColours } from "./console_colour.ts";
export { ConsoleLog, type ConsoleLogOptions } from "./console_log.ts";
export { type ConsoleLevels, DaemonLog, type LineStream } from "./daemon_log.ts";
export { passes, type Threshold } from "./levels.ts";
export { LineBuffer } from "./line_buffer.ts";
export { type LineSink, LineWriter, type LineWriterOptions } from "./line_writer.ts";
export { logFile } from "./log_file.ts";
export { MainLog, type MainLogTarget, type MainLogWatcher } from "./main_log.ts";
export { RepeatedLines } from "./repeated_lines.ts";
export { Retries } from "./retries.ts";
export { syslog, SYSLOG_SOCKET, type SyslogSocket } from "./syslog.ts";
