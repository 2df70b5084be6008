import type { Files } from "./files.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";

/** A caller that waits until the descriptor is readable or writable. */
interface Waiter {
  readonly resume: () => void;
}

/** A two-way stream of bytes over a non-blocking descriptor, such as one end of a socket pair. */
export class DescriptorStream {
  readonly #fd: number;
  readonly #files: Files;
  readonly #poller: Poller;
  #watch: Watch | undefined;
  #reader: Waiter | undefined;
  #writer: Waiter | undefined;
  #closed = false;

  /** Takes ownership of the descriptor. */
  constructor(fd: number, files: Files, poller: Poller) {
    this.#fd = fd;
    this.#files = files;
    this.#poller = poller;
  }

  /** Fills part of `buffer` and returns how many bytes, or `null` at the end of the stream. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (!this.#closed) {
      const count = this.#files.read(this.#fd, buffer as Uint8Array<ArrayBuffer>);
      if (count !== undefined) return count === 0 ? null : count;
      await new Promise<void>((resume) => this.#wait("reader", { resume }));
    }
    return null;
  }

  /** Writes some of `bytes` and returns how many. */
  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#closed) {
      const count = this.#files.write(this.#fd, bytes as Uint8Array<ArrayBuffer>);
      if (count !== undefined) return count;
      await new Promise<void>((resume) => this.#wait("writer", { resume }));
    }
    throw new Deno.errors.BrokenPipe("the stream is closed");
  }

  /** Closes both directions. Pending reads and writes continue and find the stream closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.end();
    this.#files.close(this.#fd);
    this.#reader?.resume();
    this.#writer?.resume();
  }

  #wait(role: "reader" | "writer", waiter: Waiter): void {
    if (role === "reader") this.#reader = waiter;
    else this.#writer = waiter;
    this.#attend();
  }

  /** Watches exactly the directions that a caller waits for. */
  #attend(): void {
    const read = this.#reader !== undefined;
    const write = this.#writer !== undefined;
    if (!read && !write) {
      this.#watch?.end();
      this.#watch = undefined;
      return;
    }
    const interest = read ? write ? Interest.BOTH : Interest.READ : Interest.WRITE;
    if (this.#watch === undefined) this.#watch = this.#poller.watch(this.#fd, interest, () => this.#ready());
    else this.#watch.change(interest);
  }

  /** Wakes both; a caller that was woken too early waits again. */
  #ready(): void {
    const waiters = [this.#reader, this.#writer];
    this.#reader = undefined;
    this.#writer = undefined;
    this.#attend();
    for (const waiter of waiters) waiter?.resume();
  }
}
