import { Signal } from "../model/mod.ts";
import { cString, type Library, SystemCallError } from "./library.ts";

const IN_NONBLOCK_CLOEXEC = 0o2004000;
/** The file was removed (its link count changes) or moved, or no longer exists. */
const IN_ATTRIB_MOVE_DELETE = 0x4 | 0x800 | 0x400;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const O_ASYNC = 0o20000;
const O_NONBLOCK = 0o4000;
const { URG: SIGURG } = Signal;

/**
 * Watches files for removal and renaming. The signal `WAKE_UP` of the signal relay announces an event, so no thread
 * must wait. Costs one descriptor.
 */
export class FileWatch {
  readonly #library: Library;
  readonly #fd: number;
  readonly #events = new Uint8Array(1024);

  /** Throws `SystemCallError` if the user has too many watches. */
  constructor(library: Library) {
    this.#library = library;
    const { symbols } = library;
    this.#fd = library.check("inotify_init1", symbols.inotify_init1(IN_NONBLOCK_CLOEXEC));
    symbols.fcntl(this.#fd, F_SETOWN, Deno.pid);
    symbols.fcntl(this.#fd, F_SETSIG, SIGURG);
    symbols.fcntl(this.#fd, F_SETFL, O_ASYNC | O_NONBLOCK);
  }

  /** Also watches the file at this path. Throws `SystemCallError`. */
  add(path: string): void {
    const result = this.#library.symbols.inotify_add_watch(this.#fd, cString(path), IN_ATTRIB_MOVE_DELETE);
    if (result === -1) throw new SystemCallError("inotify_add_watch", this.#library.errno());
  }

  /** Whether anything has happened since the last call. */
  happened(): boolean {
    let any = false;
    while (this.#library.symbols.read(this.#fd, this.#events, BigInt(this.#events.length)) > 0n) any = true;
    return any;
  }
}
