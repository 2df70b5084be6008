import { encodeBytes, Errno } from "../model/mod.ts";
import { type Library, SystemCallError } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";
import { Memory } from "./memory.ts";
import { AF_UNIX, SOCKET_FLAGS, unixAddress } from "./unix_address.ts";

const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const SCM_CREDENTIALS = 2;
const MSG_DONTWAIT = 0x40;
const MSG_PEEK = 2;
/** The folder of the program, −100, as an unsigned number. */
const AT_CWD = 0xffff_ffff_ffff_ff9cn;
const AT_REMOVEDIR = 0x200n;
const { EAGAIN, EINTR, ENOENT, EEXIST } = Errno;

/** The longest message that is read whole, in bytes. */
const LONGEST = 4096;
/** `struct mmsghdr`, a vector, the credentials, and the message, one after the other. */
const HEADER = { vector: 16, vectors: 24, control: 32, controlSize: 40, flags: 48, length: 56, size: 64 };
const VECTOR = HEADER.size;
const CONTROL = VECTOR + 16;
/** Room for credentials, and for nothing else: so the kernel closes descriptors that come with a message. */
const CONTROL_SIZE = 32;
const TEXT = CONTROL + CONTROL_SIZE;
const CREDENTIALS_LENGTH = 28;

/** A message with the sender that the kernel vouches for. */
export interface NotifyMessage {
  readonly bytes: Uint8Array;
  /** 0 if the sender is in another process namespace. */
  readonly pid: number;
  readonly uid: number;
}

/** Unix datagram sockets that say who has sent a message. Methods throw `SystemCallError`. */
export class NotifySockets {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  #memory: Memory | undefined;

  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
  }

  /** A non-blocking socket at a path where there is nothing. */
  bind(path: string): number {
    const address = unixAddress("bind", path);
    const { symbols } = this.#library;
    const fd = this.#library.check("socket", symbols.socket(AF_UNIX, SOCK_DGRAM | SOCKET_FLAGS, 0));
    try {
      const on = new Uint8Array([1, 0, 0, 0]);
      this.#library.check("setsockopt", symbols.setsockopt(fd, SOL_SOCKET, SO_PASSCRED, on, on.length));
      this.#library.check("bind", symbols.bind(fd, address, address.length));
    } catch (error) {
      symbols.close(fd);
      throw error;
    }
    return fd;
  }

  /**
   * The next message, which stays in the socket until `drop`; `undefined`: there is none now. Descriptors that come with
   * it are closed.
   */
  look(fd: number): NotifyMessage | undefined {
    const memory = this.#memory ??= Memory.reserve(this.#library, TEXT + LONGEST);
    memory.write(0, header(memory.address));
    const { symbols } = this.#library;
    const count = symbols.recvmmsg(fd, memory.address, 1, MSG_DONTWAIT | MSG_PEEK, 0n);
    if (count !== 1) {
      const errno = this.#library.errno();
      if (errno === EAGAIN || errno === EINTR) return undefined;
      throw new SystemCallError("recvmmsg", errno);
    }
    const head = new Uint8Array(TEXT);
    memory.read(0, head);
    const fields = new DataView(head.buffer);
    const bytes = new Uint8Array(Math.min(fields.getUint32(HEADER.length, true), LONGEST));
    memory.read(TEXT, bytes);
    const isKnown = Number(fields.getBigUint64(HEADER.controlSize, true)) >= CREDENTIALS_LENGTH &&
      fields.getInt32(CONTROL + 8, true) === SOL_SOCKET &&
      fields.getInt32(CONTROL + 12, true) === SCM_CREDENTIALS;
    const number = (at: number) => isKnown ? fields.getUint32(CONTROL + at, true) : 0;
    return { bytes, pid: number(16), uid: number(20) };
  }

  /** Removes the next message. */
  drop(fd: number): void {
    this.#library.symbols.recv(fd, new Uint8Array(1), 1n, MSG_DONTWAIT); // the rest of a datagram goes with its start
  }

  /** Makes a folder; false: there is something already. */
  makeFolder(path: string, mode: number): boolean {
    const errno = this.#atPath(path, (at) => this.#calls.call("mkdirat", AT_CWD, at, BigInt(mode)));
    if (errno === EEXIST) return false;
    if (errno !== 0) throw new SystemCallError("mkdir", errno);
    return true;
  }

  /** Removes an empty folder, or nothing if there is none. */
  removeFolder(path: string): void {
    const errno = this.#atPath(path, (at) => this.#calls.call("unlinkat", AT_CWD, at, AT_REMOVEDIR));
    if (errno !== 0 && errno !== ENOENT) throw new SystemCallError("rmdir", errno);
  }

  #atPath(path: string, call: (address: bigint) => number): number {
    return this.#calls.withMemory(encodeBytes(`${path}\0`), call);
  }
}

function header(memory: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TEXT);
  const fields = new DataView(bytes.buffer);
  fields.setBigUint64(HEADER.vector, memory + BigInt(VECTOR), true);
  fields.setBigUint64(HEADER.vectors, 1n, true);
  fields.setBigUint64(HEADER.control, memory + BigInt(CONTROL), true);
  fields.setBigUint64(HEADER.controlSize, BigInt(CONTROL_SIZE), true);
  fields.setBigUint64(VECTOR, memory + BigInt(TEXT), true);
  fields.setBigUint64(VECTOR + 8, BigInt(LONGEST), true);
  return bytes;
}
