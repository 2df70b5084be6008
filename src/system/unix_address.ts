import { encodeBytes, Errno } from "../model/mod.ts";
import { SystemCallError } from "./library.ts";

/** The family of local sockets. */
export const AF_UNIX = 1;
/** Flags of all sockets here: non-blocking and close-on-exec. */
export const SOCKET_FLAGS = 0o4000 | 0o2000000;
/** The size of the path in `struct sockaddr_un`, in bytes, including the zero at the end. */
const PATH_SIZE = 108;
/** The size of `struct sockaddr_un`, in bytes. */
export const ADDRESS_SIZE = 2 + PATH_SIZE;
const { ENAMETOOLONG } = Errno;

/**
 * A path as the address of a local socket. `call`: the call that needs it. Throws `SystemCallError` if it is too long.
 */
export function unixAddress(call: string, path: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeBytes(path);
  if (bytes.length >= PATH_SIZE) throw new SystemCallError(call, ENAMETOOLONG);
  const address = new Uint8Array(ADDRESS_SIZE);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(bytes, 2);
  return address;
}
