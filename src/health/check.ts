/** What a check is. */

/** What came of a check: whether the service is healthy, and how that shows: `503`, `Connection refused`. */
export interface Outcome {
  readonly healthy: boolean;
  readonly how: string;
}

/** A way to find out whether a service is healthy. */
export interface Check {
  /** What it does, for people: `GET http://127.0.0.1:8080/`. */
  readonly what: string;
  /** Whether it keeps its limit of time itself, because it may first have to wait for something else. @default false */
  readonly keepsLimit?: boolean;
  /**
   * Performs it. If the signal is aborted, the result does not matter any more, and everything that the check uses is
   * closed or killed. Rejects with `SystemCallError` if the service cannot be reached.
   */
  run(signal: AbortSignal): Promise<Outcome>;
}
