import { asBytes, type Library } from "./library.ts";
import { AF_UNIX, SOCKET_FLAGS, unixAddress } from "./unix_address.ts";

const SOCK_STREAM = 1;

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
}
