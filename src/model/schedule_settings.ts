/** What a description says about the times of a `scheduled` service. */

/**
 * `schedule-overlap`: what follows when a run is due while the last one has not ended: it is left out, it follows, or it
 * takes the place of the other one.
 */
export type ScheduleOverlap = "skip" | "queue" | "stop";

/** The settings, with times in milliseconds. A scheduled service has `cron` or `interval`. */
export interface ScheduleSettings {
  /** `schedule-cron`: expressions with five fields; a run is due when one of them says so. Empty: none. */
  readonly cron: readonly string[];
  /** `schedule-interval`: from the start of a run to the start of the next one; 0: none. */
  readonly interval: number;
  /** `schedule-timezone`: the IANA name of a time zone; empty: that of the machine. */
  readonly timezone: string;
  /** `schedule-jitter`: runs begin later by up to this time, always by the same time on one machine. */
  readonly jitter: number;
  /** `schedule-catch-up`: how long after the start, or after a suspend, a missed run is made up; negative: never. */
  readonly catchUp: number;
  /** `schedule-overlap` */
  readonly overlap: ScheduleOverlap;
  /** `schedule-limit`: how long a run may take; 0: any time. */
  readonly limit: number;
}

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_SCHEDULE: ScheduleSettings = {
  cron: [],
  interval: 0,
  timezone: "",
  jitter: 0,
  catchUp: -1,
  overlap: "skip",
  limit: 0,
};
