import { decodeBytes, Errno } from "../model/mod.ts";
import { asBytes, type Library, SystemCallError } from "./library.ts";
import { ADDRESS_SIZE, AF_UNIX, SOCKET_FLAGS, unixAddress } from "./unix_address.ts";

const SOCK_STREAM = 1;
/** Both directions of a connection. */
const BOTH = 2;
const { EAGAIN, EINTR, ECONNABORTED } = Errno;

/** Non-blocking Unix stream sockets. Methods throw `SystemCallError`. */
export class Sockets {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Two connected sockets. */
  pair(): [number, number] {
    const pair = new Int32Array(2);
    const type = SOCK_STREAM | SOCKET_FLAGS;
    this.#library.check("socketpair", this.#library.symbols.socketpair(AF_UNIX, type, 0, asBytes(pair)));
    return [pair[0], pair[1]];
  }

  /** A socket without a name. */
  create(): number {
    const type = SOCK_STREAM | SOCKET_FLAGS;
    return this.#library.check("socket", this.#library.symbols.socket(AF_UNIX, type, 0));
  }

  /** Binds a socket to a path. */
  bind(fd: number, path: string): void {
    const address = unixAddress("bind", path);
    this.#library.check("bind", this.#library.symbols.bind(fd, address, address.length));
  }

  listen(fd: number, backlog: number): void {
    this.#library.check("listen", this.#library.symbols.listen(fd, backlog));
  }

  /** Accepts a waiting connection, non-blocking; `undefined` if there is none now. */
  accept(fd: number): number | undefined {
    const accepted = this.#library.symbols.accept4(fd, null, null, SOCKET_FLAGS);
    if (accepted !== -1) return accepted;
    const errno = this.#library.errno();
    if (errno === EAGAIN || errno === EINTR || errno === ECONNABORTED) return undefined;
    throw new SystemCallError("accept", errno);
  }

  /** Ends both directions of a connection. Nothing happens if it has ended. */
  shutdown(fd: number): void {
    this.#library.symbols.shutdown(fd, BOTH);
  }

  /** The path that a local socket is bound to; empty if it has none. */
  pathOf(fd: number): string {
    const address = new Uint8Array(ADDRESS_SIZE);
    const length = new Int32Array([ADDRESS_SIZE]);
    const { symbols } = this.#library;
    this.#library.check("getsockname", symbols.getsockname(fd, address, asBytes(length)));
    const path = decodeBytes(address.subarray(2, Math.min(length[0], ADDRESS_SIZE)));
    return path.split("\0", 1)[0];
  }
}
