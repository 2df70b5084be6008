/** What a description says about files whose changes concern the process of a service (`watch`): an extension. */

/** `watch-action`: what the daemon does when a watched file has changed. */
export type WatchAction = "restart" | "signal" | "run";

/** The settings, with times in milliseconds. */
export interface WatchSettings {
  /** `watch`: patterns of paths, relative to the working directory of the service; `!` excludes. Empty: no file is watched. */
  readonly patterns: readonly string[];
  /** `watch-delay`: how long the files must stay unchanged before the daemon acts. */
  readonly delay: number;
  /** `watch-action` */
  readonly action: WatchAction;
  /** The signal that the process gets, with `signal`. */
  readonly signal: number;
  /** The command that runs, with `run`: executable and arguments. */
  readonly command: readonly string[];
}

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_WATCH: WatchSettings = {
  patterns: [],
  delay: 300,
  action: "restart",
  signal: 0,
  command: [],
};

/** Whether files are watched for the service. */
export function watchesFiles(watch: WatchSettings): boolean {
  return watch !== NO_WATCH && watch.patterns.length > 0;
}
