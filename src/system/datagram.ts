import { type Library, SystemCallError } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";
import { AF_UNIX, SOCKET_FLAGS, unixAddress } from "./unix_address.ts";

const SOCK_DGRAM = 2;

/** Non-blocking Unix datagram sockets, such as that of the system log. */
export class Datagrams {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** A socket that sends to the one at `path`. Throws `SystemCallError`. */
  connect(path: string): number {
    const address = unixAddress("connect", path);
    const { symbols } = this.#library;
    const fd = this.#library.check("socket", symbols.socket(AF_UNIX, SOCK_DGRAM | SOCKET_FLAGS, 0));
    const calls = new MachineCalls(this.#library);
    const errno = calls.withMemory(
      address,
      (at) => calls.call("connect", BigInt(fd), at, BigInt(address.length)),
    );
    if (errno === 0) return fd;
    this.close(fd);
    throw new SystemCallError("connect", errno);
  }

  /**
   * Sends one datagram and returns the error number, or 0. EAGAIN: the socket is full; ECONNREFUSED: its reader is
   * gone.
   */
  send(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
    const sent = this.#library.symbols.write(fd, bytes, BigInt(bytes.length));
    return sent === -1n ? this.#library.errno() : 0;
  }

  close(fd: number): void {
    this.#library.symbols.close(fd);
  }
}
