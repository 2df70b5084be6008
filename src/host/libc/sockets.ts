import { encodeBytes } from "../../model/mod.ts";
import { asBytes, type Library, SystemCallError } from "./library.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** How many bytes a path in `struct sockaddr_un` may have, with the zero at its end. */
const PATH_SIZE = 108;
const ENAMETOOLONG = 36;

/** Unix stream sockets; none of them makes anybody wait. Methods throw `SystemCallError`. */
export class Sockets {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Two connected sockets. */
  pair(): [number, number] {
    const pair = new Int32Array(2);
    const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    this.#library.check("socketpair", this.#library.symbols.socketpair(AF_UNIX, type, 0, asBytes(pair)));
    return [pair[0], pair[1]];
  }

  /** A socket without a name. */
  create(): number {
    const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return this.#library.check("socket", this.#library.symbols.socket(AF_UNIX, type, 0));
  }

  /** Gives a socket its path. */
  bind(fd: number, path: string): void {
    const bytes = encodeBytes(path);
    if (bytes.length >= PATH_SIZE) throw new SystemCallError("bind", ENAMETOOLONG);
    const address = new Uint8Array(2 + PATH_SIZE);
    address[0] = AF_UNIX;
    address.set(bytes, 2);
    this.#library.check("bind", this.#library.symbols.bind(fd, address, address.length));
  }

  listen(fd: number, backlog: number): void {
    this.#library.check("listen", this.#library.symbols.listen(fd, backlog));
  }
}
