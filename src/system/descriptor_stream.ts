import type { Files } from "./files.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";

/** Somebody who waits until the descriptor can be read or written. */
interface Waiter {
  readonly resume: () => void;
}

/** A two-way stream of bytes over a descriptor that does not make anybody wait, such as one end of a socket pair. */
export class DescriptorStream {
  readonly #fd: number;
  readonly #files: Files;
  readonly #poller: Poller;
  #watch: Watch | undefined;
  #reader: Waiter | undefined;
  #writer: Waiter | undefined;
  #closed = false;

  /** Takes the descriptor over. */
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

  /** Ends both directions; whoever waits goes on and finds the stream closed. */
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

  /** Watches for what is being waited for, and for nothing else. */
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

  /** Both go on: who was woken for nothing waits again. */
  #ready(): void {
    const waiters = [this.#reader, this.#writer];
    this.#reader = undefined;
    this.#writer = undefined;
    this.#attend();
    for (const waiter of waiters) waiter?.resume();
  }
}
