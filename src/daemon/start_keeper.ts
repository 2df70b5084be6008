/** Keeps how the daemon has started, for `dinitctl analyze --boot=-1`. A daemon loads this some seconds after its start. */

import type { EventRing, ServiceManager } from "../engine/mod.ts";
import type { MessageLog } from "../log/mod.ts";
import { ServiceState, typed } from "../model/mod.ts";
import type { DaemonContext } from "./daemon_context.ts";
import { settled } from "./settled.ts";
import type { DaemonState } from "./surviving/daemon_state.ts";

/** A start that takes longer than this is kept as far as it is, and once more when it is over. In milliseconds. */
const LONG = 60_000;
/** The first pause before the next look at a start that is not over, in milliseconds. The pauses double. */
const FIRST_PAUSE = 5000;
/** How long the exit waits for the file, in milliseconds. */
const WRITING_LIMIT = 2000;

/** What the keeper is given. */
export interface StartKeeperContext extends Pick<DaemonContext, "stray"> {
  /** Where to keep starts. */
  readonly folder: string;
  readonly log: Pick<MessageLog, "message">;
  readonly ring: EventRing;
  /** A function, because the manager may not be complete yet. */
  manager(): ServiceManager;
  /** A function, because the state comes later. */
  state(): Pick<DaemonState, "memory" | "change">;
  /** The services with a health check. */
  checked(): string[];
  /** Calls after this many milliseconds, unless the daemon has ended. */
  later(call: () => void, milliseconds: number): void;
}

/** Writes the start into the state folder, once it is over. */
export class StartKeeper {
  readonly #context: StartKeeperContext;
  #keeping: Promise<void> | undefined;
  #pause = FIRST_PAUSE;
  /** The start so far is kept, because it takes long. */
  #isKeptEarly = false;
  #isOver = false;
  #isWaiting = false;

  constructor(context: StartKeeperContext) {
    this.#context = context;
  }

  /** Looks whether the start is over, and keeps it. Resolves when it is written; never rejects. */
  async look(): Promise<void> {
    const { folder, manager, state } = this.#context;
    const { keptStart, startedAt } = state().memory;
    if (this.#isOver || manager().shuttingDown) return;
    if (keptStart !== undefined && !this.#isKeptEarly) return; // by the program before this one
    if (this.#keeping !== undefined) return await this.#keeping;
    const isStarting = [...manager().services()].some((service) => service.state === ServiceState.STARTING);
    if (isStarting) {
      this.#lookLater();
      if (this.#isKeptEarly || manager().now() - startedAt < LONG) return;
      this.#isKeptEarly = true;
    } else {
      this.#isOver = true;
    }
    this.#keeping = this.#keep(folder);
    await this.#keeping;
    this.#keeping = undefined;
  }

  /** Waits for what is being written, up to a limit. */
  async close(): Promise<void> {
    if (this.#keeping !== undefined) await settled(this.#keeping, WRITING_LIMIT);
  }

  #lookLater(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#context.later(() => {
      this.#isWaiting = false;
      void this.look();
    }, this.#pause);
    this.#pause *= 2;
  }

  async #keep(folder: string): Promise<void> {
    const { manager, state, ring, checked, log, stray } = this.#context;
    try {
      const { collectedStart, keepStart } = await typed(import("./keeping_start.ts"));
      const { memory } = state();
      const age = manager().now() - memory.startedAt;
      const start = collectedStart(manager(), ring, checked(), Date.now() - age);
      if (start.times.length === 0) return; // nothing was started
      await keepStart(folder, start, {
        own: memory.keptStart,
        numbered: (keptStart) => state().change({ keptStart }),
        warn: (text) => log.message("warn", text),
      });
    } catch (error) {
      stray.report(error);
    }
  }
}
