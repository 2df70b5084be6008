import { asBytes, type Library } from "./library.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const ADD = 1;
const REMOVE = 2;
const CHANGE = 3;
const BATCH = 64;

/** There is something to read; of an epoll descriptor: it has events. */
const POLLIN = 1;
const EDGE = 0x8000_0000;

/**
 * What to wait for. An error or a hang-up is always reported. `ARRIVAL` and `ARRIVAL_OR_ROOM` report only changes: more
 * to read, and again room to write.
 */
export const Interest = {
  END: 0,
  READ: 1,
  WRITE: 4,
  BOTH: 5,
  ARRIVAL: EDGE + 1,
  ARRIVAL_OR_ROOM: EDGE + 5,
} as const;
export type Interest = (typeof Interest)[keyof typeof Interest];

/** A descriptor under watch. */
export interface Watch {
  /** Changes what to wait for. */
  change(interest: Interest): void;
  /** Ends the watch; the handler is not called again. The descriptor stays open. */
  end(): void;
}

/**
 * Waits on any number of descriptors with one thread, which starts with the first watch. Handlers are called again while
 * the condition holds, unless the interest is in changes only.
 *
 * The thread takes no events: it waits until there are some. So `serve` finds everything that has arrived, and nothing
 * is on its way between the threads.
 */
export class Poller {
  readonly #library: Library;
  /** `struct epoll_event` is packed only on x86-64. */
  readonly #layout: { size: number; data: number };
  readonly #handlers = new Map<number, () => void>();
  #nextKey = 1;
  #epoll: number | undefined;
  #waker = -1;
  #closed = false;
  /** Where events are received. */
  readonly #events: Int32Array<ArrayBuffer>;

  constructor(library: Library) {
    this.#library = library;
    this.#layout = library.architecture === "x86_64" ? { size: 12, data: 4 } : { size: 16, data: 8 };
    this.#events = new Int32Array(BATCH * this.#layout.size / 4);
  }

  /** Whether its thread runs, which keeps the program alive. */
  get isOpen(): boolean {
    return this.#epoll !== undefined && !this.#closed;
  }

  /** Calls `handler` whenever the descriptor is ready. Throws `SystemCallError`. */
  watch(fd: number, interest: Interest, handler: () => void): Watch {
    const epoll = this.#epoll ?? this.#open();
    const key = this.#nextKey++;
    this.#control(epoll, ADD, fd, interest, key);
    this.#handlers.set(key, handler);
    return {
      change: (wanted) => this.#control(epoll, CHANGE, fd, wanted, key),
      end: () => {
        if (this.#handlers.delete(key)) this.#control(epoll, REMOVE, fd, interest, key);
      },
    };
  }

  /**
   * Calls the handlers of what is ready now, without waiting for the thread. When other programs want the processors, the
   * thread gets one much later than the caller, who has one.
   */
  serve(): void {
    const epoll = this.#epoll;
    if (epoll === undefined || this.#closed) return;
    const count = this.#library.symbols.epoll_wait(epoll, asBytes(this.#events), BATCH, 0);
    const view = new DataView(this.#events.buffer);
    const keys = Array.from({ length: count }, (_, index) => {
      return Number(view.getBigUint64(index * this.#layout.size + this.#layout.data, true));
    });
    for (const key of keys) this.#call(this.#handlers.get(key)); // a handler may serve, too
  }

  /** Ends the thread. */
  close(): void {
    this.#closed = true;
    this.#handlers.clear();
    if (this.#epoll === undefined) return;
    this.#library.symbols.write(this.#waker, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 8n);
  }

  #open(): number {
    const { symbols } = this.#library;
    const epoll = this.#library.check("epoll_create", symbols.epoll_create1(EPOLL_CLOEXEC));
    try {
      this.#waker = this.#library.check("eventfd", symbols.eventfd(0, EFD_NONBLOCK_CLOEXEC));
    } catch (error) {
      symbols.close(epoll);
      throw error;
    }
    this.#control(epoll, ADD, this.#waker, Interest.READ, 0);
    this.#epoll = epoll;
    this.#run(epoll);
    return epoll;
  }

  #control(epoll: number, operation: number, fd: number, interest: Interest, key: number): void {
    const event = new Uint8Array(this.#layout.size);
    const view = new DataView(event.buffer);
    view.setUint32(0, interest, true);
    view.setBigUint64(this.#layout.data, BigInt(key), true);
    this.#library.check("epoll_ctl", this.#library.symbols.epoll_ctl(epoll, operation, fd, event));
  }

  async #run(epoll: number): Promise<void> {
    const { symbols } = this.#library;
    const wanted = asBytes(new Int32Array([epoll, POLLIN])); // struct pollfd
    while (!this.#closed) {
      await symbols.poll(wanted, 1n, -1);
      this.serve();
    }
    symbols.close(this.#waker);
    symbols.close(epoll);
  }

  /** An error in one handler must not stop the others. */
  #call(handler: (() => void) | undefined): void {
    try {
      handler?.();
    } catch (error) {
      reportError(error);
    }
  }
}
