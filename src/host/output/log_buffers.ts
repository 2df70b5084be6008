import type { BufferedOutput, BufferReading } from "../../model/mod.ts";
import { LogBuffer } from "./log_buffer.ts";

/** The log buffers of all services, by the id of the service. */
export class LogBuffers {
  readonly #buffers = new Map<number, LogBuffer>();

  /** The buffer of a service. If its size changes, it keeps what fits. */
  get(id: number, size: number): LogBuffer {
    const existing = this.#buffers.get(id);
    if (existing?.size === size) return existing;
    const buffer = resized(existing, size);
    this.#buffers.set(id, buffer);
    return buffer;
  }

  /** Appends output of a service to its current buffer. */
  append(id: number, chunk: Uint8Array): void {
    this.#buffers.get(id)?.append(chunk);
  }

  /** The contents of a service's buffer; nothing if the service has never run. */
  contents(id: number, { clear = false, after = 0 }: BufferReading = {}): BufferedOutput {
    const buffer = this.#buffers.get(id);
    const contents = buffer?.contents(after) ?? { bytes: new Uint8Array(0), end: 0 };
    if (clear) buffer?.clear();
    return contents;
  }

  /** Drops the buffer of a service. */
  drop(id: number): void {
    this.#buffers.delete(id);
  }
}

function resized(existing: LogBuffer | undefined, size: number): LogBuffer {
  if (existing === undefined) return new LogBuffer(size);
  const { bytes, end } = existing.contents();
  const buffer = new LogBuffer(size, end - bytes.length);
  buffer.append(bytes);
  return buffer;
}
