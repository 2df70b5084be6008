import { Files, Interest, O, openLibrary, Poller, SystemCallError } from "../../system/mod.ts";

/** How much to read at once, in bytes. */
const BUFFER = 262_144;
/** How many buffers to read before others run. */
const BUFFERS_IN_A_ROW = 4;
/** How many to read at the end: more than a pipe holds, but not all that a busy writer adds meanwhile. */
const LAST_BUFFERS = 8;
/** What a pipe may hold, so that a burst of output does not stop the writer: the limit for ordinary users. */
const PIPE_SIZE = 1024 ** 2;

/** How the input has ended. `stopped`: somebody has called `stop`, and everything until then was read. */
export type InputEnd = "ended" | "stopped";

/**
 * Reads a descriptor to its end, as fast as the output arrives. Between two reads nothing is in the hands of the
 * runtime: when the program stops, what it has not read stays in the pipe for its successor.
 */
export class Input {
  readonly #files = new Files(openLibrary());
  readonly #poller = new Poller(openLibrary());
  readonly #fd: number;
  /** Reads wait if nothing is there: then only one read may follow each announcement. */
  readonly #waits: boolean;
  readonly #buffer = new Uint8Array(BUFFER);
  #stop = Promise.withResolvers<void>();
  #stopped = false;

  /** @param fd an open descriptor. Throws `LibcUnavailableError` without the grant for the C library. */
  constructor(fd: number) {
    this.#files.enlargePipe(fd, PIPE_SIZE);
    // A file has one position for all who read it, and never waits.
    const isFile = this.#files.kindOf(fd) === "file";
    const own = isFile ? undefined : this.#openAgain(fd);
    this.#waits = own === undefined && !isFile;
    this.#fd = own ?? fd;
  }

  /** Passes on everything until the end or `stop`. The array is used again after each call. Throws `SystemCallError`. */
  async read(take: (bytes: Uint8Array) => void): Promise<InputEnd> {
    let readable = Promise.withResolvers<void>();
    const watch = this.#watch(() => readable.resolve());
    try {
      for (;;) {
        if (watch !== undefined) await Promise.race([readable.promise, this.#stop.promise]);
        const isLast = this.#stopped;
        const found = this.#readAvailable(take, isLast);
        if (found === "end") return "ended";
        if (isLast) return "stopped";
        if (watch === undefined) await new Promise((resolve) => setTimeout(resolve, 0));
        readable = Promise.withResolvers();
        watch?.change(Interest.READ);
      }
    } finally {
      watch?.end();
      this.#poller.close();
    }
  }

  /** Ends `read` after what has been written so far. */
  stop(): void {
    this.#stopped = true;
    this.#stop.resolve();
  }

  /** A file is always readable, and cannot be watched. */
  #watch(ready: () => void) {
    try {
      const watch = this.#poller.watch(this.#fd, Interest.READ, () => {
        watch.change(NOTHING);
        ready();
      });
      return watch;
    } catch (error) {
      if (error instanceof SystemCallError) return undefined;
      throw error;
    }
  }

  /** Reads while there is something, with a limit, so that signals and timers have their turn. */
  #readAvailable(take: (bytes: Uint8Array) => void, all: boolean): "end" | "more" {
    const times = this.#waits ? 1 : all ? LAST_BUFFERS : BUFFERS_IN_A_ROW;
    for (let count = 0; count < times; count++) {
      if (this.#waits && all) return "more";
      const size = this.#files.read(this.#fd, this.#buffer);
      if (size === undefined) return "more";
      if (size === 0) return "end";
      take(this.#buffer.subarray(0, size));
    }
    return "more";
  }

  /** A second description of the same pipe that does not wait; others keep theirs. A socket has none. */
  #openAgain(fd: number): number | undefined {
    try {
      return this.#files.open(`/proc/self/fd/${fd}`, O.RDONLY | O.NONBLOCK | O.NOCTTY);
    } catch (error) {
      if (error instanceof SystemCallError) return undefined;
      throw error;
    }
  }
}

/** Waits for nothing: the handler would be called again and again. */
const NOTHING = 0 as Interest;
