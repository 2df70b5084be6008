import type { ExitStatus } from "../../model/mod.ts";

/** How many exits to remember: more than occur between the end of a daemon and that of the program that started it. */
const REMEMBERED = 64;

/** What a launch in flight is to the ends that are seen meanwhile. */
export interface LaunchesInFlight {
  /** The order of the next launch. Launches are numbered as they begin. */
  readonly next: number;
  /** The order of the oldest launch in flight; that of the next one if there is none. */
  readonly oldest: number;
}

interface UnclaimedEnd {
  readonly exit: ExitStatus;
  /** The launches before this one had begun when the end was seen, so the process may be theirs. */
  readonly before: number;
}

/**
 * The ends of children that belong to no service, as far as the host knows. A child may end before the call that made it
 * returns with its id: the launch claims its end then. An end that no launch claims is that of an orphan. A pid file may
 * name an orphan: a daemon died before the program that started it ended.
 */
export class OrphanEnds {
  readonly #launches: LaunchesInFlight;
  readonly #ends = new Map<number, UnclaimedEnd>();

  constructor(launches: LaunchesInFlight) {
    this.#launches = launches;
  }

  /** An unknown child has been reaped. */
  add(pid: number, exit: ExitStatus): void {
    this.#ends.delete(pid); // a later process with the same number counts as new
    this.#ends.set(pid, { exit, before: this.#launches.next });
    for (const [oldest, { before }] of this.#ends) {
      // A launch in flight may still claim it.
      if (this.#ends.size <= REMEMBERED || before > this.#launches.oldest) break;
      this.#ends.delete(oldest);
    }
  }

  /** How the process of a launch ended, if it has ended before the launch returned. This removes the entry. */
  claim(pid: number, order: number): ExitStatus | undefined {
    const end = this.#ends.get(pid);
    if (end === undefined) return undefined;
    this.#ends.delete(pid); // the number belongs to a new process now
    return order < end.before ? end.exit : undefined;
  }

  /** How a process ended, if that is known; this removes the entry. */
  take(pid: number): ExitStatus | undefined {
    const exit = this.#ends.get(pid)?.exit;
    this.#ends.delete(pid);
    return exit;
  }
}
