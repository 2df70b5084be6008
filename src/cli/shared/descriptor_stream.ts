/** A connected socket that another process passed to this one, as a stream (cli 1.4). */

import type { Socket } from "node:net";
import { type ByteStream, ControlError } from "../../client/mod.ts";
import { typed } from "../../model/typed_module.ts";

/** The stream over an open descriptor. Throws `ControlError` `closed` for a descriptor that is no connection. */
export async function descriptorStream(fd: number): Promise<ByteStream> {
  return await nativeStream(fd) ?? await runtimeStream(fd);
}

function noConnection(fd: number, cause: unknown): ControlError {
  return new ControlError("closed", `Cannot use descriptor ${fd} as a connection`, { cause });
}

/** Uses the C library; `undefined` if it is not available. */
async function nativeStream(fd: number): Promise<ByteStream | undefined> {
  const { LibcUnavailableError, SystemCallError } = await typed(import("../../system/mod.ts"));
  const { Machine } = await typed(import("../../system/machine.ts"));
  try {
    return Machine.open().connection(fd);
  } catch (error) {
    if (error instanceof LibcUnavailableError) return undefined;
    throw error instanceof SystemCallError ? noConnection(fd, error) : error;
  }
}

/** Uses the runtime, whose `node:net` can adopt descriptors since Deno 2.9. */
async function runtimeStream(fd: number): Promise<ByteStream> {
  // Not a static import: a bundle would always load it, which takes longer than everything else.
  const { Socket } = await import("node:net");
  let socket: Socket;
  try {
    socket = new Socket({ fd, readable: true, writable: true });
  } catch (cause) {
    throw noConnection(fd, cause);
  }
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let rest: Uint8Array = new Uint8Array();
  return {
    async read(buffer) {
      while (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) return null;
        rest = next.value;
      }
      const size = Math.min(rest.length, buffer.length);
      buffer.set(rest.subarray(0, size));
      rest = rest.subarray(size);
      return size;
    },
    write: (bytes) =>
      new Promise((resolve, reject) =>
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length))
      ),
    close: () => void socket.destroy(),
  };
}
