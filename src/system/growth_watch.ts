import { cString, type Library, SystemCallError } from "./library.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";

const IN_NONBLOCK_CLOEXEC = 0o2004000;
const IN_MODIFY = 0x2;
/** The watch ends with the first event. */
const IN_ONESHOT = 0x8000_0000;
/** `struct inotify_event` without the name, which events of files do not have. */
const EVENT_SIZE = 16;

/** Receives the events of the watched files. */
export interface GrowthEvents {
  /** The file has been written since `watch` returned this number. The watch is over. */
  written(watch: number): void;
}

/**
 * Tells when files are written: once for each call of `watch`, so that a busy writer costs nothing. It costs one
 * descriptor.
 */
export class GrowthWatch {
  readonly #library: Library;
  readonly #fd: number;
  readonly #watch: Watch;
  readonly #events: GrowthEvents;
  readonly #buffer = new Uint8Array(64 * EVENT_SIZE);

  /** Throws `SystemCallError` if the user has too many such descriptors. */
  constructor(library: Library, poller: Poller, events: GrowthEvents) {
    this.#library = library;
    this.#events = events;
    this.#fd = library.check("inotify_init1", library.symbols.inotify_init1(IN_NONBLOCK_CLOEXEC));
    this.#watch = poller.watch(this.#fd, Interest.READ, () => this.#read());
  }

  /** Watches the file at a path until it is written. Returns its number, which
   * all watches of the same file share. Throws `SystemCallError`. */
  watch(path: string): number {
    const result = this.#library.symbols.inotify_add_watch(this.#fd, cString(path), IN_MODIFY + IN_ONESHOT);
    if (result === -1) throw new SystemCallError("inotify_add_watch", this.#library.errno());
    return result;
  }

  /** Ends all watches. */
  close(): void {
    this.#watch.end();
    this.#library.symbols.close(this.#fd);
  }

  #read(): void {
    for (;;) {
      const size = Number(this.#library.symbols.read(this.#fd, this.#buffer, BigInt(this.#buffer.length)));
      if (size <= 0) return;
      const view = new DataView(this.#buffer.buffer, 0, size);
      for (let at = 0; at < size; at += EVENT_SIZE + view.getUint32(at + 12, true)) {
        if ((view.getUint32(at + 4, true) & IN_MODIFY) !== 0) this.#events.written(view.getInt32(at, true));
      }
    }
  }
}
