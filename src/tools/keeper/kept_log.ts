import { Errno, errnoText } from "../../model/mod.ts";
import type { DaemonDescriptor, KeptLogOrder } from "../../host/keeping/orders.ts";
import {
  type Files,
  Interest,
  type Library,
  O,
  type Poller,
  SystemCallError,
  type Watch,
} from "../../system/mod.ts";
import { Stage } from "../../system/keeping.ts";
import { HELD_LIMIT, RETRY_PAUSE, SLOW_READER_PAUSE } from "../log/log_output.ts";
import { StagedOutput, type WriteResult } from "./staged_output.ts";

/** How much to move at once, in bytes. */
const CHUNK = 262_144;
/** How many chunks to move before other logs have their turn. */
const CHUNKS_IN_A_ROW = 4;
/** How many to move at the end: more than a pipe holds, but not all that a busy writer adds meanwhile. */
const LAST_CHUNKS = 16;
/** A pipe that was as full as this gets more room, in bytes. */
const FULL = 65_536;
/** What a pipe may hold, so that a burst of output does not stop the writer: the limit for ordinary users. */
const PIPE_SIZE = 1024 ** 2;
/** The beginning of a second: dropped lines are reported then. */
const SECOND = 1000;

/** What a kept log is given. */
export interface KeptLogContext {
  readonly library: Library;
  readonly files: Files;
  readonly poller: Poller;
  /** Reports a problem, or its end, in one line. */
  report(text: string): void;
  /** The last writer has closed the pipe. */
  ended(): void;
}

/** The log of one service: from its pipe to its file. Pipe and stage belong to the daemon, which outlives the keeper. */
export class KeptLog {
  readonly #context: KeptLogContext;
  readonly #pipe: number;
  readonly #stage: Stage;
  readonly #output: StagedOutput;
  readonly #watch: Watch;
  #since: number;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #note: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** @param daemon the process whose descriptors the order names. Throws `SystemCallError` */
  constructor(order: KeptLogOrder, daemon: number, context: KeptLogContext) {
    const { library, files, poller } = this.#context = context;
    this.#since = order.since;
    this.#pipe = openOf(daemon, order.pipe, "pipe", files);
    try {
      this.#stage = Stage.open(library, openOf(daemon, order.stage, "file", files));
    } catch (error) {
      files.close(this.#pipe);
      throw error;
    }
    this.#output = new StagedOutput(order, {
      files,
      stage: this.#stage,
      report: (text) => context.report(text),
      now: Date.now,
      elapsed: () => performance.timeOrigin + performance.now() - this.#since,
    });
    this.#watch = poller.watch(this.#pipe, Interest.READ, () => this.#pump(CHUNKS_IN_A_ROW));
    this.#settle(this.#output.write());
  }

  /** Keeps the log in another way. */
  async change(order: KeptLogOrder): Promise<void> {
    this.#since = order.since;
    await this.#output.change(order);
  }

  /** Writes what the pipe holds. */
  sync(): void {
    this.#pump(LAST_CHUNKS);
  }

  /** Begins another file. Returns why that is not possible; empty: it is done. */
  rotate(): string {
    this.sync();
    return this.#output.rotate();
  }

  /** Opens the file again, after another program has renamed it. */
  reopen(): void {
    this.#output.reopen();
  }

  /** Writes what the pipe holds, and ends. `ended`: the service writes no more, so a line will not continue. */
  async close({ ended }: { readonly ended: boolean }): Promise<void> {
    this.sync();
    this.#leave();
    clearTimeout(this.#retry);
    clearTimeout(this.#note);
    if (this.#output.isBehind) this.#output.write({ again: true });
    await this.#output.close({ ended });
    this.#context.files.close(this.#pipe);
    this.#stage.close();
  }

  /** Moves what the pipe holds to the stage, and from there to the file. */
  #pump(chunks: number): void {
    if (this.#isOver) return;
    for (let count = 0; count < chunks; count++) {
      const taken = this.#take();
      if (taken === 0) return this.#end();
      if (taken === undefined) return;
      if (taken >= FULL) this.#context.files.enlargePipe(this.#pipe, PIPE_SIZE);
      // After a failure the timer tries again; until then the stage holds the output.
      if (this.#retry === undefined) this.#settle(this.#output.write());
      else this.#output.hold(HELD_LIMIT);
    }
  }

  #take(): number | undefined {
    try {
      return this.#stage.take(this.#pipe, CHUNK);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#context.report(`its output cannot be read: ${errnoText(error.errno)}`);
      return 0;
    }
  }

  #settle(result: WriteResult): void {
    if (result !== "written") {
      this.#output.hold(HELD_LIMIT);
      const pause = result === "slow" ? SLOW_READER_PAUSE : RETRY_PAUSE;
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#settle(this.#output.write({ again: true }));
      }, pause);
    }
    if (this.#output.hasDropped) this.#note ??= setTimeout(() => this.#report(), SECOND);
  }

  #report(): void {
    this.#note = undefined;
    this.#output.reportDropped();
    if (this.#output.hasDropped) this.#note = setTimeout(() => this.#report(), SECOND);
  }

  #end(): void {
    this.#leave();
    this.#context.ended();
  }

  #leave(): void {
    if (!this.#isOver) this.#watch.end();
    this.#isOver = true;
  }
}

/** Opens what a descriptor of the daemon leads to. Throws `SystemCallError`: also if it leads elsewhere by now. */
function openOf(
  daemon: number,
  { fd, inode }: DaemonDescriptor,
  kind: "pipe" | "file",
  files: Files,
): number {
  const flags = kind === "pipe" ? O.RDONLY | O.NONBLOCK : O.RDWR;
  const opened = files.open(`/proc/${daemon}/fd/${fd}`, flags);
  if (files.inodeOf(opened, kind) === inode) return opened;
  files.close(opened);
  throw new SystemCallError("open", Errno.ESTALE); // the daemon uses the number for something else
}
