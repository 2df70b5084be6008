/** The functions of Node that the library uses where there is no Deno. */

import { connect, type Socket } from "node:net";
import { userInfo } from "node:os";
import process from "node:process";
import type { ByteStream } from "../control/wire/mod.ts";
import type { SocketSurroundings } from "./socket_path.ts";

/** The environment and the user of the process. */
export const nodeSurroundings: SocketSurroundings = {
  env: (name) => process.env[name],
  uid: () => process.getuid?.(),
  home: () => userInfo().homedir,
};

/** Opens a stream to a Unix socket. Rejects with an error that has a `code`, such as `ENOENT`. */
export async function openNodeSocket(path: string): Promise<ByteStream> {
  const socket = connect(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve);
  // This listener stays: an error without a listener would end the process. Reads and writes also report the error.
  socket.on("error", reject);
  await promise;
  return new SocketStream(socket);
}

class SocketStream implements ByteStream {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const size = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, size));
    this.#rest = this.#rest.subarray(size);
    return size;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}
