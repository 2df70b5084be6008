import type { ExitStatus } from "../../model/mod.ts";
import type { Processes } from "../../system/mod.ts";

/** How long to reap before other work gets its turn, in milliseconds. */
const TURN = 5;

/** Reaps all children of the daemon, also those that it adopts. */
export class Reaper {
  readonly #processes: Processes;
  readonly #ended: (pid: number, exit: ExitStatus) => void;
  readonly #listener = () => this.#reap();
  /** The next turn, if one turn could not reap all children. */
  #nextTurn: ReturnType<typeof setImmediate> | undefined;

  /** @param ended is called for each child */
  constructor(processes: Processes, ended: (pid: number, exit: ExitStatus) => void) {
    this.#processes = processes;
    this.#ended = ended;
  }

  begin(): void {
    Deno.addSignalListener("SIGCHLD", this.#listener);
    this.#reap();
  }

  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#listener);
    if (this.#nextTurn !== undefined) clearImmediate(this.#nextTurn);
  }

  /**
   * Reaps ended children: a signal does not say how many there are. Services that restart at once may end as fast as
   * the host launches them. So each turn is limited, and clients and timers are served between turns.
   */
  #reap(): void {
    const begin = performance.now();
    for (let child = this.#processes.reap(); child !== undefined; child = this.#processes.reap()) {
      this.#ended(child.pid, child.exit);
      if (performance.now() - begin < TURN) continue;
      this.#nextTurn ??= setImmediate(() => {
        this.#nextTurn = undefined;
        this.#reap();
      });
      return;
    }
  }
}
