import { encodeBytes, Errno } from "../model/mod.ts";
import { SystemCallError } from "./library.ts";

/** The family of local sockets. */
export const AF_UNIX = 1;
/** What all sockets here are besides their type: non-blocking, and closed on exec. */
export const SOCKET_FLAGS = 0o4000 | 0o2000000;
/** How many bytes a path in `struct sockaddr_un` may have, with the zero at its end. */
const PATH_SIZE = 108;
const { ENAMETOOLONG } = Errno;

/** A path as the address of a local socket. `call`: what it is for. Throws `SystemCallError` if it is too long. */
export function unixAddress(call: string, path: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeBytes(path);
  if (bytes.length >= PATH_SIZE) throw new SystemCallError(call, ENAMETOOLONG);
  const address = new Uint8Array(2 + PATH_SIZE);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(bytes, 2);
  return address;
}
