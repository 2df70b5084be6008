export type LogLevel = "debug" | "info" | "warn" | "error";

/** The lowest level of messages that pass; with `none`, no message passes. */
export type Threshold = LogLevel | "none";

const ORDER: readonly Threshold[] = ["debug", "info", "warn", "error", "none"];

/** Whether a message of that level passes the threshold (daemon and init 5.1). */
export function passes(level: LogLevel, threshold: Threshold): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(threshold);
}
