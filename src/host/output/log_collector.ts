/** Buffered output on the native host: pipes that services write to, emptied into their log buffers. */

import { type BufferedOutput, type BufferReading, errnoText } from "../../model/mod.ts";
import { type Files, Interest, type Poller, SystemCallError, type Watch } from "../../system/mod.ts";
import { LogBuffers } from "./log_buffers.ts";

/** How much to read at once, in bytes: the capacity of a pipe. */
const CHUNK = 65_536;
/** How many chunks to read before a log is shown: a pipe can be enlarged to a megabyte. */
const CATCH_UP_CHUNKS = 16;

interface Reader {
  readonly fd: number;
  readonly watch: Watch;
  /** Reads the available output; false if there is no more for now. */
  readonly read: () => boolean;
}

/**
 * Reads the output of services with `log-type = buffer`. Each process has its own pipe, which is read until all its
 * writers have closed it. A full buffer does not block its service: it loses its oldest output.
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
   * Prepares for a new process of a service; `size` is the size of its buffer in bytes. Returns the descriptor for the
   * process; the caller closes it. Throws `SystemCallError`.
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

  /** The contents of a service's buffer, including everything that the service has written so far. */
  contents(id: number, reading: BufferReading): BufferedOutput {
    this.#catchUp(id);
    return this.#buffers.contents(id, reading);
  }

  /** Drops a service; processes that still write to its pipe get an error. */
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

  /** Reads the current contents of the pipes of a service; if output keeps coming, no more than a pipe can hold. */
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
