/** The times at which runs are due. */

/** Computes the times of a schedule. All times are in milliseconds since 1970. */
export interface Times {
  /** The first time after this one; `undefined`: there is none. */
  after(time: number): number | undefined;
}
