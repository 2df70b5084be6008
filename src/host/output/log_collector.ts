/** Buffered output on the native host: pipes that services write into, emptied into their log buffers. */

import { type BufferedOutput, type BufferReading, errnoText } from "../../model/mod.ts";
import { type Files, Interest, type Poller, SystemCallError, type Watch } from "../../system/mod.ts";
import { LogBuffers } from "./log_buffers.ts";

/** How much is read at once, in bytes: as much as a pipe holds. */
const CHUNK = 65_536;
/** How many chunks are read before a look at a log: a pipe can be made to hold a megabyte. */
const CATCH_UP_CHUNKS = 16;

interface Reader {
  readonly fd: number;
  readonly watch: Watch;
  /** Takes what there is; false if there is nothing more for now. */
  readonly read: () => boolean;
}

/**
 * Reads what services with `log-type = buffer` write. Each process has a pipe of its own, which is read until
 * everybody who has it has closed it. A full buffer does not hold up its service: it loses its oldest output.
 */
export class LogCollector {
  readonly #files: Files;
  readonly #poller: Poller;
  readonly #warn: (text: string) => void;
  readonly #buffers = new LogBuffers();
  readonly #readers = new Map<number, Set<Reader>>();
  readonly #chunk = new Uint8Array(CHUNK);

  constructor(files: Files, poller: Poller, warn: (text: string) => void) {
    this.#files = files;
    this.#poller = poller;
    this.#warn = warn;
  }

  /**
   * Gets ready for a new process of a service; `size` is that of its buffer in bytes. Returns the descriptor that the
   * process is to write to; the caller closes it. Throws `SystemCallError`.
   */
  begin(id: number, name: string, size: number): number {
    this.#catchUp(id);
    const pipe = this.#files.pipe();
    this.#buffers.get(id, size).markRestart();
    try {
      this.#files.setBlocking(pipe.read, false);
      this.#follow(id, name, pipe.read);
    } catch (error) {
      this.#files.close(pipe.read);
      this.#files.close(pipe.write);
      throw error;
    }
    return pipe.write;
  }

  /** What the buffer of a service holds, with everything that the service has written so far. */
  contents(id: number, reading: BufferReading): BufferedOutput {
    this.#catchUp(id);
    return this.#buffers.contents(id, reading);
  }

  /** Forgets a service; whoever still writes to its pipe finds it closed. */
  drop(id: number): void {
    for (const reader of this.#readers.get(id) ?? []) this.#end(id, reader);
    this.#buffers.drop(id);
  }

  #follow(id: number, name: string, fd: number): void {
    const read = () => this.#read(id, name, reader);
    const reader: Reader = { fd, read, watch: this.#poller.watch(fd, Interest.READ, read) };
    const readers = this.#readers.get(id);
    if (readers === undefined) this.#readers.set(id, new Set([reader]));
    else readers.add(reader);
  }

  #read(id: number, name: string, reader: Reader): boolean {
    try {
      const count = this.#files.read(reader.fd, this.#chunk);
      if (count === undefined) return false;
      if (count > 0) {
        this.#buffers.append(id, this.#chunk.subarray(0, count));
        return true;
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#warn(`Service ${name} output not readable: ${errnoText(error.errno)}`);
    }
    this.#end(id, reader);
    return false;
  }

  /** Takes what is in the pipes of a service now; from one that is being flooded, no more than it held. */
  #catchUp(id: number): void {
    for (const reader of [...this.#readers.get(id) ?? []]) {
      for (let chunks = 0; chunks < CATCH_UP_CHUNKS && reader.read(); chunks++);
    }
  }

  #end(id: number, reader: Reader): void {
    reader.watch.end();
    this.#files.close(reader.fd);
    const readers = this.#readers.get(id);
    readers?.delete(reader);
    if (readers?.size === 0) this.#readers.delete(id);
  }
}
