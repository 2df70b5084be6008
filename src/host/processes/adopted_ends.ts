import { UNKNOWN_EXIT } from "../../model/mod.ts";
import {
  type BootTime,
  type Files,
  Interest,
  type Poller,
  SystemCallError,
  type Watch,
} from "../../system/mod.ts";
import type { ProcessHandles } from "../../system/surviving.ts";
import type { ProcessEnds } from "./process_ends.ts";
import type { TrackedProcess } from "./process_table.ts";

/** How long to wait until the parent of an ended process has reaped it, in milliseconds. */
const REAPING_PATIENCE = 1000;

/** What following adopted processes needs. */
export interface AdoptedEndsContext {
  readonly files: Files;
  readonly handles: ProcessHandles;
  readonly clock: BootTime;
  readonly poller: Poller;
  readonly ends: ProcessEnds;
  /** Writes a warning to the daemon's log. */
  readonly warn: (text: string) => void;
}

/**
 * Sees the ends of processes that are no children: those of a killed daemon. Their parent reaps them, and then the kernel
 * says how they have ended, if it is new enough.
 */
export class AdoptedEnds {
  readonly #context: AdoptedEndsContext;

  constructor(context: AdoptedEndsContext) {
    this.#context = context;
  }

  /** Reports the end of a process as soon as it comes, or later in this turn if it has come. */
  follow(process: TrackedProcess): void {
    const { handles, warn } = this.#context;
    try {
      process.handle = handles.open(process.pid);
      if (process.handle !== undefined && this.#isSame(process)) this.#watch(process, process.handle);
      else queueMicrotask(() => this.#gone(process));
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      warn(`the end of process ${process.pid} will not be seen: ${error.message}`);
    }
  }

  /** The handle belongs to this process, and not to a later one with its number. */
  #isSame({ pid, seen }: TrackedProcess): boolean {
    const found = this.#context.clock.look(pid);
    return found !== undefined && found.startTicks <= seen;
  }

  /** It ended before it had a handle. */
  #gone(process: TrackedProcess): void {
    const { files, ends } = this.#context;
    if (process.handle !== undefined) files.close(process.handle);
    process.handle = undefined;
    ends.report(process, UNKNOWN_EXIT);
  }

  #watch(process: TrackedProcess, handle: number): void {
    const { handles, poller } = this.#context;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const watch = poller.watch(handle, Interest.READ, () => {
      const isReaped = handles.exit(handle) !== undefined;
      if (isReaped || waiting !== undefined || !handles.tellsExit(handle)) {
        return this.#end(process, watch, waiting);
      }
      watch.change(Interest.END); // its process has been reaped
      waiting = setTimeout(() => this.#end(process, watch, waiting), REAPING_PATIENCE);
    });
  }

  #end(process: TrackedProcess, watch: Watch, waiting: ReturnType<typeof setTimeout> | undefined): void {
    const { files, handles, ends } = this.#context;
    const { handle } = process;
    if (handle === undefined) return;
    clearTimeout(waiting);
    watch.end();
    process.handle = undefined;
    const exit = handles.exit(handle) ?? UNKNOWN_EXIT;
    files.close(handle);
    ends.report(process, exit);
  }
}
