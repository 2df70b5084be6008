import { asBytes, type Library } from "./library.ts";
import { openDescriptors } from "./own_descriptors.ts";

const AF_INET = 2;
const AF_INET6 = 10;
/** The size of an address of IPv6 with its port, in bytes: the larger one. */
const ADDRESS_SIZE = 28;
const BOTH = 2;

/** A connection that a port of this program has accepted. */
export interface AcceptedConnection {
  /** Use it in the same turn: later the number may mean another file. */
  readonly fd: number;
  /** The address of the other side, such as `127.0.0.1`, or eight numbers between colons. */
  readonly hostname: string;
  /** The port of the other side. */
  readonly port: number;
}

/** The connections of a server of the runtime, which neither lists nor ends single ones. */
export class AcceptedConnections {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Those that the port of this number has accepted and that are open. */
  list(port: number): AcceptedConnection[] {
    const { symbols } = this.#library;
    const found: AcceptedConnection[] = [];
    for (const fd of openDescriptors()) {
      // Most descriptors are no sockets, and a socket that listens has no other side: the calls fail.
      if (address(fd, symbols.getsockname)?.port !== port) continue;
      const peer = address(fd, symbols.getpeername);
      if (peer !== undefined) found.push({ fd, ...peer });
    }
    return found;
  }

  /** Ends both directions of a connection: the server sees its end and closes it. */
  end({ fd }: AcceptedConnection): void {
    this.#library.symbols.shutdown(fd, BOTH);
  }
}

/** One side of a connection between machines; `undefined` for anything else. */
function address(
  fd: number,
  call: Library["symbols"]["getsockname"],
): { readonly hostname: string; readonly port: number } | undefined {
  const bytes = new Uint8Array(ADDRESS_SIZE);
  if (call(fd, bytes, asBytes(new Int32Array([ADDRESS_SIZE]))) === -1) return undefined;
  const view = new DataView(bytes.buffer);
  const family = view.getUint16(0, true);
  const port = view.getUint16(2);
  if (family === AF_INET) return { hostname: bytes.subarray(4, 8).join("."), port };
  if (family !== AF_INET6) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(8 + 2 * index).toString(16));
  return { hostname: groups.join(":"), port };
}
