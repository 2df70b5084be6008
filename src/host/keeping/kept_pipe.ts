import { Interest, type Poller, SystemCallError, type Watch } from "../../system/mod.ts";
import type { Stage } from "../../system/keeping.ts";

/** How much to move from a pipe at once, in bytes. */
const CHUNK = 262_144;

/** What the end of a pipe is given. */
export interface KeptPipeContext {
  readonly poller: Poller;
  readonly stage: Stage;
  /** Writes a warning to the daemon's log. */
  warn(text: string): void;
}

/** The reading end of the pipe of a kept log, as far as the daemon looks at it itself. The pipe is not closed by it. */
export class KeptPipe {
  readonly fd: number;
  readonly inode: number;
  readonly #context: KeptPipeContext;
  #watch: Watch | undefined;
  #isDrained = false;

  constructor(fd: number, inode: number, context: KeptPipeContext) {
    this.fd = fd;
    this.inode = inode;
    this.#context = context;
  }

  /** Calls `found` once, as soon as there is output for the keeper. */
  notice(found: () => void): void {
    if (this.#watch !== undefined) return;
    this.#follow(() => {
      this.leave();
      found();
    });
  }

  /**
   * Moves all output to the stage from now on. At most `held()` bytes stay there, and the oldest lines are lost. No
   * keeper may use the pipe meanwhile.
   */
  drain(held: () => number): void {
    if (this.#isDrained) return;
    this.leave();
    this.#isDrained = true;
    this.#context.stage.refresh();
    this.#follow(() => {
      if (!this.#moves(held())) this.#watch?.end();
    });
  }

  /** From now on only the keeper looks at it. */
  leave(): void {
    this.#watch?.end();
    this.#watch = undefined;
    this.#isDrained = false;
  }

  #follow(ready: () => void): void {
    try {
      this.#watch = this.#context.poller.watch(this.fd, Interest.READ, ready);
    } catch (error) {
      this.#report(error);
    }
  }

  /** False: the pipe cannot be emptied. */
  #moves(held: number): boolean {
    const { stage } = this.#context;
    try {
      const count = stage.take(this.fd, CHUNK);
      stage.dropOldest(held);
      return count !== 0;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
    if (!(error instanceof SystemCallError)) throw error;
    this.#context.warn(`its output cannot be read: ${error.message}`);
  }
}
