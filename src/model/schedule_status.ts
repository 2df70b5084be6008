/** What the daemon knows of schedules: the documents for the topics `timers` and `runs`. Times are in milliseconds. */

/** One run that has ended. */
export interface RunDocument {
  /** When it began, since 1970. */
  readonly at: number;
  /** How long it took. */
  readonly took: number;
  /** Why it began: `schedule`, `trigger`, `catch-up` or `retry`. */
  readonly cause: string;
  /** `success`, `failed`, `overdue`, `not-executed`, `stopped` or `unknown`. */
  readonly result: string;
  /** The exit code of its process. @default absent, it did not exit by itself */
  readonly status?: number;
  /** The signal that ended its process. @default absent, none did */
  readonly signal?: number;
}

/** The schedule of one service. */
export interface TimerDocument {
  /** The full name of the service. */
  readonly name: string;
  /** Whether runs may begin. */
  readonly armed: boolean;
  /** What its settings say, such as `0 3 * * *` or `every 900 s`. */
  readonly schedule: string;
  /** When the next run is due, since 1970. @default absent, none is */
  readonly next?: number;
  /** Why the next run begins, if its time has not come regularly: `catch-up` or `retry`. @default absent, it has */
  readonly why?: string;
  /** When the run in progress began, since 1970. @default absent, there is none */
  readonly running?: number;
  /** The last run that has ended. @default absent, none has */
  readonly last?: RunDocument;
  /** When the last successful run ended, since 1970. @default absent, none is known */
  readonly lastSuccess?: number;
}

/** The last runs of a service, the latest first. */
export interface RunsDocument {
  /** The full name of the service. */
  readonly name: string;
  /** Those that have ended. */
  readonly runs: readonly RunDocument[];
  /** When the run in progress began, since 1970. @default absent, there is none */
  readonly running?: number;
}
