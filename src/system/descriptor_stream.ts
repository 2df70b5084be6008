import type { ConnectionCounts } from "./byte_counts.ts";
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
  readonly #counts: ConnectionCounts | undefined;
  readonly #closing: () => void;
  #watch: Watch | undefined;
  #reader: (() => void) | undefined;
  #writer: (() => void) | undefined;
  #closed = false;

  /**
   * Takes ownership of the descriptor.
   *
   * @param counts those of a socket that another program may take over. @default nothing is counted
   * @param closing called before the descriptor is closed. @default nothing is called
   */
  constructor(
    fd: number,
    files: Files,
    poller: Poller,
    { counts, closing = () => {} }: { counts?: ConnectionCounts; closing?: () => void } = {},
  ) {
    this.descriptor = fd;
    this.#files = files;
    this.#poller = poller;
    this.#counts = counts;
    this.#closing = closing;
  }

  /** Where the counts are; `undefined`: nothing is counted. */
  get counts(): number | undefined {
    return this.#counts?.place;
  }

  /** The bytes that the socket has accepted so far, also from another program. */
  get sent(): number {
    return this.#counts?.sent ?? 0;
  }

  /** The bytes that were taken from the socket so far, also by another program. */
  get taken(): number {
    return this.#counts?.taken ?? 0;
  }

  /** The largest `covers` of a complete `writeNow`. */
  get covered(): number {
    return this.#counts?.covered ?? 0;
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
    for (let left = count; left > 0;) {
      const size = this.#closed ? 0 : this.#drop(left);
      if (!size) return; // they are not there any more: somebody else reads the descriptor
      left -= size;
    }
  }

  #drop(count: number): number | undefined {
    return this.#counts === undefined
      ? this.#files.read(this.descriptor, new Uint8Array(count))
      : this.#counts.drop(this.descriptor, count);
  }

  /**
   * Writes some of `bytes` at once, and returns how many; `undefined`: none can be written now.
   *
   * @param covers what `covered` is when all of them are written. @default 0
   */
  writeNow(bytes: Uint8Array, covers = 0): number | undefined {
    if (this.#closed) throw new Deno.errors.BrokenPipe("the stream is closed");
    return this.#counts === undefined
      ? this.#files.write(this.descriptor, bytes as Uint8Array<ArrayBuffer>)
      : this.#counts.send(this.descriptor, bytes, covers);
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
    this.#closing();
    this.#files.close(this.descriptor);
    this.#counts?.close();
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
