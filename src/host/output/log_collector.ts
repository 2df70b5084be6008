/** Buffered output on the native host: pipes that services write to, emptied into their log buffers. */

import { type BufferedOutput, type BufferReading, errnoText } from "../../model/mod.ts";
import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import {
  type Files,
  Interest,
  type MemoryFiles,
  type Poller,
  SystemCallError,
  type Watch,
} from "../../system/mod.ts";
import { BufferFiles } from "./buffer_files.ts";
import { BufferFile } from "./buffer_storage.ts";
import type { LogBuffer } from "./log_buffer.ts";
import { LogBuffers } from "./log_buffers.ts";

/** How much to read at once, in bytes: the capacity of a pipe. */
const CHUNK = 65_536;
/** How many chunks to read before a log is shown: a pipe can be enlarged to a megabyte. */
const CATCH_UP_CHUNKS = 16;

interface Reader {
  readonly fd: number;
  readonly inode: number;
  readonly watch: Watch;
  /** Reads the available output; false if no more is available. */
  readonly read: () => boolean;
}

/** What a collector is given by its host. */
export interface LogCollectorContext {
  readonly files: Files;
  readonly memory: MemoryFiles;
  readonly poller: Poller;
  readonly store: StateStore;
  readonly warn: (text: string) => void;
}

/**
 * Reads the output of services with `log-type = buffer`. Each process has its own pipe, which is read until all its
 * writers have closed it. A full buffer does not block its service: it loses its oldest output.
 *
 * Its documents are in the part `output`, by the id of the service. Buffers survive a fault with all output that was
 * read, except for what is on its way from the pipe to the buffer at this moment.
 */
export class LogCollector implements StatePart {
  readonly name = "output";
  readonly #files: Files;
  readonly #poller: Poller;
  readonly #store: StateStore;
  readonly #warn: (text: string) => void;
  readonly #buffers: LogBuffers;
  readonly #readers = new Map<number, Set<Reader>>();
  readonly #names = new Map<number, string>();
  readonly #chunk = new Uint8Array(CHUNK);

  constructor({ files, memory, poller, store, warn }: LogCollectorContext) {
    this.#files = files;
    this.#poller = poller;
    this.#store = store;
    this.#warn = warn;
    this.#buffers = new LogBuffers(new BufferFiles(files, memory, (id) => store.changed(this, id)));
  }

  /**
   * Prepares for a new process of a service; `size` is the size of its buffer in bytes. Returns the descriptor for the
   * process; the caller closes it. Throws `SystemCallError`.
   */
  begin(id: number, name: string, size: number): number {
    this.#catchUp(id);
    const pipe = this.#files.pipe();
    this.#names.set(id, name);
    this.#buffers.get(id, size).markRestart();
    try {
      this.#files.setBlocking(pipe.read, false);
      this.#follow(id, pipe.read);
    } catch (error) {
      this.#files.close(pipe.read);
      this.#files.close(pipe.write);
      throw error;
    }
    this.#store.changed(this, id);
    return pipe.write;
  }

  /** The contents of a service's buffer, including everything that the service has written so far. */
  contents(id: number, reading: BufferReading): BufferedOutput {
    this.#catchUp(id);
    const contents = this.#buffers.contents(id, reading);
    if (reading.clear) {
      this.#store.changed(this, id);
      // After a fault before the end of this step, the request is handled again and must find the same bytes.
      queueMicrotask(() => this.#buffers.free(id));
    }
    return contents;
  }

  /** Drops a service; processes that still write to its pipe get an error. */
  drop(id: number): void {
    for (const reader of this.#readers.get(id) ?? []) this.#end(id, reader);
    this.#buffers.drop(id);
    this.#names.delete(id);
    this.#store.changed(this, id);
  }

  // ---- State -------------------------------------------------------------------------------------------------

  document(id: number): Plain | undefined {
    const buffer = this.#buffers.find(id);
    if (buffer === undefined) return undefined;
    const document: { [key: string]: Plain } = { name: this.#names.get(id) ?? "", size: buffer.size };
    const { storage } = buffer;
    if (storage instanceof BufferFile) document.file = storage.fd;
    else if (!buffer.isEmpty) document.volatile = true;
    if (buffer.cleared !== undefined) document.cleared = buffer.cleared;
    const pipes = Array.from(this.#readers.get(id) ?? [], ({ fd, inode }) => ({ fd, inode }));
    if (pipes.length > 0) document.pipes = pipes;
    return document;
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    const readers = [...this.#readers.values()].flatMap((readers) => [...readers]);
    return [...this.#buffers.files(), ...readers.map(({ fd }) => fd)];
  }

  /** Continues with a buffer from before, before any output is read. */
  restore(id: number, name: string, buffer: LogBuffer): void {
    this.#names.set(id, name);
    this.#buffers.restore(id, buffer);
  }

  /** Continues to read a pipe into the restored buffer. Takes ownership of it, even if it throws `SystemCallError`. */
  resume(id: number, fd: number): void {
    try {
      this.#files.setBlocking(fd, false);
      this.#follow(id, fd);
    } catch (error) {
      this.#files.close(fd);
      throw error;
    }
    this.#store.changed(this, id);
  }

  #follow(id: number, fd: number): void {
    const read = () => this.#read(id, reader);
    const inode = this.#files.inodeOf(fd, "pipe") ?? 0;
    const reader: Reader = { fd, inode, read, watch: this.#poller.watch(fd, Interest.READ, read) };
    const readers = this.#readers.get(id);
    if (readers === undefined) this.#readers.set(id, new Set([reader]));
    else readers.add(reader);
  }

  #read(id: number, reader: Reader): boolean {
    try {
      const count = this.#files.read(reader.fd, this.#chunk);
      if (count === undefined) return false;
      if (count > 0) {
        this.#buffers.append(id, this.#chunk.subarray(0, count));
        return true;
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#warn(`Service ${this.#names.get(id)} output not readable: ${errnoText(error.errno)}`);
    }
    this.#end(id, reader);
    this.#store.changed(this, id);
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
