/**
 * How many bytes each connection has accepted and given, exactly. A program that takes over in the same process
 * continues with the counts: no byte is written twice, and none is lost, wherever the program before has ended.
 *
 * The program cannot count after a write, because it may end in between. So the kernel counts: `sendmmsg` and `recvmmsg`
 * write the number of bytes into memory before they return, and the memory outlives the program.
 */

import { Errno } from "../model/mod.ts";
import { asBytes, type Library, SystemCallError } from "./library.ts";
import { SharedMemory } from "./shared_memory.ts";

const { EAGAIN, EINTR } = Errno;
/** How many connections have counts; those above do without. */
const PLACES = 16_384;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/**
 * A transfer: `struct mmsghdr` with one vector, and what this program adds. A connection has four: two for sending and
 * two for receiving, which are used in turn, so that one of them is always valid.
 */
const TRANSFER = 128;
const VECTOR_POINTER = 16;
const VECTOR_COUNT = 24;
const TRANSFERRED = 56;
const VECTOR = 64;
/** All bytes before this transfer. */
const BEFORE = 80;
/** What the transfer completes if all its bytes are sent. */
const COVERS = 88;
/** The bytes of the transfer. */
const SIZE = 96;
/** What the transfers before this one have completed. */
const COVERED_BEFORE = 104;
const USED = 112;
const ENTRY = 4 * TRANSFER;
/** The most that is transferred at once. */
const BUFFER = 64 * 1024;

/** The counts of all connections. */
export class ByteCounts {
  readonly #library: Library;
  readonly #memory: SharedMemory;
  readonly #free: number[] = [];
  /** The places from here on were never used. */
  #next = 0;
  /** What is sent, and what is dropped. */
  readonly #buffer: bigint;

  /** @param inherited the descriptor of another program's counts. Throws `SystemCallError`. */
  constructor(library: Library, inherited?: number) {
    this.#library = library;
    this.#memory = inherited === undefined
      ? SharedMemory.create(library, "dinit byte counts", PLACES * ENTRY)
      : SharedMemory.inherit(library, inherited, PLACES * ENTRY);
    this.#buffer = library.symbols.malloc(BigInt(BUFFER));
  }

  /** The descriptor of the counts. */
  get descriptor(): number {
    return this.#memory.fd;
  }

  /** Counts from 0 for a new connection; `undefined`: there are too many. */
  open(): ConnectionCounts | undefined {
    const place = this.#free.pop() ?? this.#next;
    if (place >= PLACES) return undefined;
    this.#next = Math.max(this.#next, place + 1);
    this.#memory.write(place * ENTRY, new Uint8Array(ENTRY));
    return this.#at(place);
  }

  /** Continues the counts of another program; `undefined`: there is no such place. Take all before the first `open`. */
  take(place: number): ConnectionCounts | undefined {
    if (place >= PLACES) return undefined;
    for (; this.#next <= place; this.#next++) this.#free.push(this.#next);
    const index = this.#free.indexOf(place);
    if (index === -1) return undefined;
    this.#free.splice(index, 1);
    return this.#at(place);
  }

  #at(place: number): ConnectionCounts {
    return new ConnectionCounts(place, {
      library: this.#library,
      memory: this.#memory,
      buffer: this.#buffer,
      free: () => this.#free.push(place),
    });
  }
}

interface CountsContext {
  readonly library: Library;
  readonly memory: SharedMemory;
  /** The address of `BUFFER` bytes. */
  readonly buffer: bigint;
  /** The place can be used for another connection. */
  free(): void;
}

/** The counts of one connection, and the calls that change them. */
export class ConnectionCounts {
  /** Identifies the counts for another program. */
  readonly place: number;
  readonly #context: CountsContext;
  readonly #sending: Direction;
  readonly #receiving: Direction;

  constructor(place: number, context: CountsContext) {
    this.place = place;
    this.#context = context;
    this.#sending = new Direction(context, place * ENTRY);
    this.#receiving = new Direction(context, place * ENTRY + 2 * TRANSFER);
  }

  /** The bytes that the connection has accepted. */
  get sent(): number {
    return this.#sending.bytes;
  }

  /** The bytes that were taken from the connection. */
  get taken(): number {
    return this.#receiving.bytes;
  }

  /** The largest `covers` of a `send` whose bytes were all accepted; 0: none was. */
  get covered(): number {
    return this.#sending.covered;
  }

  /**
   * Sends some of the bytes to a socket, and returns how many; `undefined`: it accepts none now. Throws
   * `SystemCallError`.
   *
   * @param covers what `covered` is when all the bytes are sent
   */
  send(fd: number, bytes: Uint8Array, covers: number): number | undefined {
    const { library: { symbols }, buffer } = this.#context;
    const size = Math.min(bytes.length, BUFFER);
    symbols.memcpyIn(buffer, bytes as Uint8Array<ArrayBuffer>, BigInt(size));
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return this.#sending.transfer(
      size,
      size === bytes.length ? covers : 0,
      (address) => this.#result("write", symbols.sendmmsg(fd, address, 1, flags)),
    );
  }

  /** Takes up to this many bytes from a socket and drops them. Returns how many. Throws `SystemCallError`. */
  drop(fd: number, count: number): number {
    const { symbols } = this.#context.library;
    return this.#receiving.transfer(
      Math.min(count, BUFFER),
      0,
      (address) => this.#result("read", symbols.recvmmsg(fd, address, 1, MSG_DONTWAIT, 0n)),
    ) ?? 0;
  }

  /** The connection is closed. */
  close(): void {
    this.#context.free();
  }

  /** Whether anything was transferred. */
  #result(call: string, result: number): boolean {
    if (result >= 0) return result > 0;
    const errno = this.#context.library.errno();
    if (errno !== EAGAIN && errno !== EINTR) throw new SystemCallError(call, errno);
    return false;
  }
}

/** One direction of a connection. */
class Direction {
  readonly #context: CountsContext;
  readonly #place: number;
  readonly #record = new DataView(new ArrayBuffer(USED));
  readonly #count = new Int32Array(1);
  /** Which of the two transfers is next. */
  #turn = 0;
  #bytes = 0;
  #covered = 0;

  constructor(context: CountsContext, place: number) {
    this.#context = context;
    this.#place = place;
    for (const turn of [0, 1]) this.#read(turn);
    this.#record.setBigUint64(VECTOR_COUNT, 1n, true);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get covered(): number {
    return this.#covered;
  }

  #read(turn: number): void {
    this.#context.memory.read(this.#place + turn * TRANSFER, new Uint8Array(this.#record.buffer));
    const count = this.#record.getUint32(TRANSFERRED, true);
    const bytes = this.#record.getFloat64(BEFORE, true) + count;
    const isComplete = count > 0 && count === this.#record.getFloat64(SIZE, true);
    const covered = this.#record.getFloat64(isComplete ? COVERS : COVERED_BEFORE, true);
    this.#covered = Math.max(this.#covered, covered);
    if (bytes <= this.#bytes) return;
    this.#bytes = bytes;
    this.#turn = 1 - turn;
  }

  transfer(size: number, covers: number, call: (address: bigint) => boolean): number | undefined {
    const { memory, buffer } = this.#context;
    const place = this.#place + this.#turn * TRANSFER;
    const address = memory.address + BigInt(place);
    this.#count[0] = 0;
    memory.write(place + TRANSFERRED, asBytes(this.#count)); // until then the older transfer of the two counts
    const record = this.#record;
    record.setUint32(TRANSFERRED, 0, true);
    record.setBigUint64(VECTOR_POINTER, address + BigInt(VECTOR), true);
    record.setBigUint64(VECTOR, buffer, true);
    record.setBigUint64(VECTOR + 8, BigInt(size), true);
    record.setFloat64(BEFORE, this.#bytes, true);
    record.setFloat64(COVERS, covers, true);
    record.setFloat64(SIZE, size, true);
    record.setFloat64(COVERED_BEFORE, this.#covered, true);
    memory.write(place, new Uint8Array(record.buffer));
    if (!call(address)) return undefined;
    memory.read(place + TRANSFERRED, asBytes(this.#count));
    const [count] = this.#count;
    this.#bytes += count;
    if (count === size) this.#covered = Math.max(this.#covered, covers);
    this.#turn = 1 - this.#turn;
    return count;
  }
}
