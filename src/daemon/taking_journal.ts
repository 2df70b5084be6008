/** Takes the journal of processes, which proves that no other daemon with the same socket is alive. */

import type { MessageLog } from "../log/mod.ts";
import {
  type BootClock,
  type Journal,
  JournalInUseError,
  parseJournal,
  ProcessJournal,
} from "../host/mod.ts";
import { typed } from "../model/mod.ts";

/**
 * How long the journal may stay locked after a daemon was killed, in milliseconds: a process in the making holds the
 * lock until it executes its program.
 */
const LOCK_PATIENCE = 2000;
/** The same for a program that continues in the same process, where nothing else can have the lock. */
const HEIR_PATIENCE = 30_000;
const LOCK_INTERVAL = 20;

/** Another daemon runs, but its socket does not answer. The message says what to do. */
export class InstanceAliveError extends Error {
  override readonly name = "InstanceAliveError";
  /** Its process id, if it is known. */
  readonly pid: number | undefined;

  constructor(pid: number | undefined, socketPath: string) {
    const [who, remedy] = pid === undefined
      ? ["another instance", "send it SIGUSR1"]
      : [`another instance (pid ${pid})`, `send it SIGUSR1 (kill -USR1 ${pid})`];
    super(
      `${who} is running, but its control socket ${socketPath} has gone or does not answer; ` +
        `${remedy}, and it opens the socket again`,
    );
    this.pid = pid;
  }
}

/** The parameters of `takeJournal`. */
export interface TakingJournal {
  readonly socketPath: string;
  readonly clock: BootClock;
  readonly log: MessageLog;
  /** Throws if the control socket answers. `undefined`: the socket is that of this process. */
  readonly checkSocket: (() => Promise<void>) | undefined;
}

/**
 * Takes the journal beside the socket. If another daemon has it, throws `InstanceAliveError`, or the error of
 * `checkSocket`.
 */
export async function takeJournal(taking: TakingJournal): Promise<ProcessJournal> {
  const { socketPath, clock, log, checkSocket } = taking;
  const path = `${socketPath}.processes`;
  const until = performance.now() + (checkSocket === undefined ? HEIR_PATIENCE : LOCK_PATIENCE);
  for (;;) {
    try {
      const journal = new ProcessJournal(path, { clock, warn: (text) => log.message("warn", text) });
      if (await lives(journal.left) !== true) return journal;
      journal.release();
      await checkSocket?.();
      throw new InstanceAliveError(journal.left.owner?.pid, socketPath);
    } catch (error) {
      if (!(error instanceof JournalInUseError)) throw error;
      const left = parseJournal(error.text);
      const isOver = performance.now() > until;
      // A process in the making of a killed daemon also holds the socket, which then answers.
      if (isOver || await lives(left) !== false) await checkSocket?.();
      if (isOver) throw new InstanceAliveError(left.owner?.pid, socketPath);
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_INTERVAL));
  }
}

/**
 * Whether the daemon that wrote a journal is alive; `undefined`: unknown. Some file systems have no locks. Without
 * permission to look at other processes the lock must suffice.
 */
async function lives(left: Journal): Promise<boolean | undefined> {
  if (left.owner === undefined) return undefined;
  const { ownerLives } = await typed(import("../host/leftover_processes.ts"));
  try {
    return ownerLives(left);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
