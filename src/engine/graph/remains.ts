/** Identifies what an ended main process may have left. Times are in ticks since boot. */
export interface Remains {
  /** The process id that the main process had. */
  readonly pid: number;
  /** Its process group. */
  readonly group: number;
  /** Its session. */
  readonly session: number;
  /** When it was started: what it has left is not older. */
  readonly since: number;
}

/** What is being ended. `signal`: the last one that was ordered; 0: the end of the main process is not handled yet. */
export type EndingRemains = Remains & { readonly signal: number };
