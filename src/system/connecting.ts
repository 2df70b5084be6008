import { Errno } from "../model/mod.ts";
import type { Library } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";
import { Memory } from "./memory.ts";
import { AF_UNIX, SOCKET_FLAGS, unixAddress } from "./unix_address.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const IPV6_ADDRESS_SIZE = 28;
const IPV4_ADDRESS_SIZE = 16;
/** The size of the longest address: a `struct sockaddr_un`. */
const LONGEST_ADDRESS = 110;
const { EINPROGRESS, EALREADY, EISCONN } = Errno;

/** Where to connect to: the 4 or 16 bytes of an IP address with a port, or a path. */
export type RemoteAddress =
  | { readonly ip: Uint8Array<ArrayBuffer>; readonly port: number }
  | { readonly path: string };

/** Connections to servers, as non-blocking descriptors. */
export class Connecting {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  /** The address of the current call, for the kernel. */
  #memory: Memory | undefined;

  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
  }

  /** A socket that can connect to such an address. Throws `SystemCallError`. */
  socket(to: RemoteAddress): number {
    const family = "path" in to ? AF_UNIX : to.ip.length === 4 ? AF_INET : AF_INET6;
    const fd = this.#library.symbols.socket(family, SOCK_STREAM | SOCKET_FLAGS, 0);
    return this.#library.check("socket", fd);
  }

  /**
   * Begins to connect, or asks how that goes: "connected", "under-way" until the descriptor is writable, or the error
   * number. Throws `SystemCallError` if the path is too long.
   */
  connect(fd: number, to: RemoteAddress): "connected" | "under-way" | number {
    const address = "path" in to ? unixAddress("connect", to.path) : internetAddress(to.ip, to.port);
    const memory = this.#memory ??= Memory.reserve(this.#library, LONGEST_ADDRESS);
    memory.write(0, address);
    const errno = this.#calls.call("connect", BigInt(fd), memory.address, BigInt(address.length));
    if (errno === 0 || errno === EISCONN) return "connected";
    return errno === EINPROGRESS || errno === EALREADY ? "under-way" : errno;
  }
}

/** A `struct sockaddr_in` or `sockaddr_in6`. */
function internetAddress(ip: Uint8Array<ArrayBuffer>, port: number): Uint8Array<ArrayBuffer> {
  const isOld = ip.length === 4;
  const address = new Uint8Array(isOld ? IPV4_ADDRESS_SIZE : IPV6_ADDRESS_SIZE);
  const fields = new DataView(address.buffer);
  fields.setUint16(0, isOld ? AF_INET : AF_INET6, true);
  fields.setUint16(2, port);
  address.set(ip, isOld ? 4 : 8);
  return address;
}
