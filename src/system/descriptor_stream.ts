import type { Files } from "./files.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";

/**
 * A two-way stream of bytes over a non-blocking descriptor, such as one end of a socket pair. One watch serves its
 * whole life: it reports only what arrives, so a reader first tries, and then waits. It reports room for more output
 * while a writer waits for that.
 */
export class DescriptorStream {
  /** The number of the descriptor. */
  readonly descriptor: number;
  readonly #files: Files;
  readonly #poller: Poller;
  #watch: Watch | undefined;
  #reader: (() => void) | undefined;
  #writer: (() => void) | undefined;
  #closed = false;

  /** Takes ownership of the descriptor. */
  constructor(fd: number, files: Files, poller: Poller) {
    this.descriptor = fd;
    this.#files = files;
    this.#poller = poller;
  }

  /** Fills part of `buffer` and returns how many bytes, or `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#whenReadable(() => this.#files.read(this.descriptor, buffer as Uint8Array<ArrayBuffer>));
  }

  /** Reads like `read`, but the bytes remain unread. */
  peek(buffer: Uint8Array): Promise<number | null> {
    return this.#whenReadable(() => this.peekNow(buffer));
  }

  /** Like `peek`, but does not wait; `undefined`: nothing has arrived. */
  peekNow(buffer: Uint8Array): number | undefined {
    return this.#files.peek(this.descriptor, buffer as Uint8Array<ArrayBuffer>);
  }

  /** Reads this many bytes, which `peek` has returned, and drops them. */
  skip(count: number): void {
    const dropped = new Uint8Array(count);
    for (let left = count; left > 0;) {
      const size = this.#closed ? 0 : this.#files.read(this.descriptor, dropped.subarray(0, left));
      if (!size) return; // they are not there any more: somebody else reads the descriptor
      left -= size;
    }
  }

  /** Writes some of `bytes` at once, and returns how many; `undefined`: none can be written now. */
  writeNow(bytes: Uint8Array): number | undefined {
    if (this.#closed) throw new Deno.errors.BrokenPipe("the stream is closed");
    return this.#files.write(this.descriptor, bytes as Uint8Array<ArrayBuffer>);
  }

  /** Resolves when more can be written, or the stream is closed. Only one caller may wait. */
  async writable(): Promise<void> {
    if (this.#closed) return;
    await new Promise<void>((resume) => {
      this.#writer = resume;
      this.#attend(Interest.ARRIVAL_OR_ROOM);
    });
  }

  /** Writes some of `bytes` and returns how many. */
  async write(bytes: Uint8Array): Promise<number> {
    for (;;) {
      const count = this.writeNow(bytes);
      if (count !== undefined) return count;
      await this.writable();
    }
  }

  /** Closes both directions. Pending reads and writes continue and find the stream closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.end();
    this.#files.close(this.descriptor);
    this.#resume();
  }

  async #whenReadable(attempt: () => number | undefined): Promise<number | null> {
    while (!this.#closed) {
      const count = attempt();
      if (count !== undefined) return count === 0 ? null : count;
      await new Promise<void>((resume) => {
        this.#reader = resume;
        if (this.#watch === undefined) this.#attend(Interest.ARRIVAL);
      });
    }
    return null;
  }

  #attend(interest: Interest): void {
    if (this.#watch === undefined) {
      this.#watch = this.#poller.watch(this.descriptor, interest, () => this.#ready());
    } else this.#watch.change(interest);
  }

  #ready(): void {
    if (this.#writer !== undefined) this.#watch?.change(Interest.ARRIVAL);
    this.#resume();
  }

  /** Wakes both; a caller that was woken too early waits again. */
  #resume(): void {
    const waiters = [this.#reader, this.#writer];
    this.#reader = undefined;
    this.#writer = undefined;
    for (const resume of waiters) resume?.();
  }
}
