import { encodeBytes } from "../../model/mod.ts";
import { type Library, SystemCallError } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** How many bytes a path in `struct sockaddr_un` may have, with the zero at its end. */
const PATH_SIZE = 108;
const ENAMETOOLONG = 36;

/** Unix datagram sockets, such as the one of the system log; none of them makes anybody wait. */
export class Datagrams {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** A socket that sends to the one at `path`. Throws `SystemCallError`. */
  connect(path: string): number {
    const bytes = encodeBytes(path);
    if (bytes.length >= PATH_SIZE) throw new SystemCallError("connect", ENAMETOOLONG);
    const address = new Uint8Array(2 + PATH_SIZE);
    new DataView(address.buffer).setUint16(0, AF_UNIX, true);
    address.set(bytes, 2);
    const { symbols } = this.#library;
    const type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const fd = this.#library.check("socket", symbols.socket(AF_UNIX, type, 0));
    const calls = new MachineCalls(this.#library);
    const errno = calls.withMemory(
      address,
      (at) => calls.call("connect", BigInt(fd), at, BigInt(address.length)),
    );
    if (errno === 0) return fd;
    this.close(fd);
    throw new SystemCallError("connect", errno);
  }

  /** Sends one datagram; the error number, or 0. A full socket is EAGAIN, one whose reader went away ECONNREFUSED. */
  send(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
    const sent = this.#library.symbols.write(fd, bytes, BigInt(bytes.length));
    return sent === -1n ? this.#library.errno() : 0;
  }

  close(fd: number): void {
    this.#library.symbols.close(fd);
  }
}
