import type { BufferedOutput, BufferReading } from "../../model/mod.ts";
import { SystemCallError } from "../../system/mod.ts";
import { BufferFile, type BufferStorage } from "./buffer_storage.ts";
import { LogBuffer } from "./log_buffer.ts";

/** Makes storage for the output of services. */
export interface BufferStorages {
  /** `undefined` if there is none: then the buffer is in the memory of the program. */
  create(size: number): BufferStorage | undefined;
  /** The storage is not used any more. */
  drop(storage: BufferStorage): void;
  /** The storage of the service's buffer has changed. */
  changed(id: number): void;
}

const MEMORY_ONLY: BufferStorages = { create: () => undefined, drop() {}, changed() {} };

/** The log buffers of all services, by the id of the service. A buffer gets its storage with the first output. */
export class LogBuffers {
  readonly #storages: BufferStorages;
  readonly #buffers = new Map<number, LogBuffer>();

  /** @param storages @default memory of the program */
  constructor(storages: BufferStorages = MEMORY_ONLY) {
    this.#storages = storages;
  }

  /** The buffer of a service. If its size changes, it keeps what fits. */
  get(id: number, size: number): LogBuffer {
    const existing = this.#buffers.get(id);
    if (existing?.size === size) return existing;
    if (existing === undefined) this.#buffers.set(id, new LogBuffer(size));
    else this.#move(id, existing, size);
    return this.#buffers.get(id)!; // it was set above
  }

  /** The buffer of a service, if it has one. */
  find(id: number): LogBuffer | undefined {
    return this.#buffers.get(id);
  }

  /** The descriptors of all buffers that survive. */
  files(): number[] {
    return [...this.#buffers.values()].flatMap(({ storage }) =>
      storage instanceof BufferFile ? [storage.fd] : []
    );
  }

  /** A buffer with its output from before. */
  restore(id: number, buffer: LogBuffer): void {
    this.#buffers.set(id, buffer);
  }

  /** Appends output of a service to its current buffer. */
  append(id: number, chunk: Uint8Array<ArrayBuffer>): void {
    const buffer = this.#buffers.get(id);
    if (buffer === undefined) return;
    const target = buffer.isEmpty && chunk.length > 0 ? this.#stored(id, buffer) : buffer;
    try {
      target.append(chunk);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#replace(id, target, target.movedTo(target.size)).append(chunk); // no space for the file
    }
  }

  /** The contents of a service's buffer; nothing if the service has never run. */
  contents(id: number, { clear = false, after = 0 }: BufferReading = {}): BufferedOutput {
    const buffer = this.#buffers.get(id);
    const contents = buffer?.contents(after) ?? { bytes: new Uint8Array(0), end: 0 };
    if (clear) buffer?.clear();
    return contents;
  }

  /** Frees the memory of a service's buffer if it was cleared. */
  free(id: number): void {
    this.#buffers.get(id)?.free();
  }

  /** Drops the buffer of a service. */
  drop(id: number): void {
    const buffer = this.#buffers.get(id);
    this.#buffers.delete(id);
    if (buffer !== undefined) this.#storages.drop(buffer.storage);
  }

  /** The same buffer in storage that survives, if there is some. */
  #stored(id: number, buffer: LogBuffer): LogBuffer {
    if (buffer.isStored) return buffer;
    return this.#move(id, buffer, buffer.size);
  }

  #move(id: number, buffer: LogBuffer, size: number): LogBuffer {
    const storage = this.#storages.create(size);
    try {
      return this.#replace(id, buffer, buffer.movedTo(size, storage));
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      if (storage !== undefined) this.#storages.drop(storage);
      return this.#replace(id, buffer, buffer.movedTo(size)); // no space for the file
    }
  }

  #replace(id: number, old: LogBuffer, buffer: LogBuffer): LogBuffer {
    this.#buffers.set(id, buffer);
    this.#storages.changed(id);
    this.#storages.drop(old.storage);
    return buffer;
  }
}
