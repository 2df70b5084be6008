/** `dinitctl proxy`: connects standard input and output with the control socket, for `dinitctl --host`. */

import { openStream } from "./connection.ts";
import type { CommandHandler } from "./context.ts";

/** The size of a piece that is copied, in bytes. */
const PIECE = 65_536;

/** Copies in both directions until one end closes. */
export const proxy: CommandHandler = async ({ io, options }) => {
  const stream = await openStream(options, io);
  const sent = copy((buffer) => Deno.stdin.read(buffer), (bytes) => stream.write(bytes));
  const received = copy((buffer) => stream.read(buffer), (bytes) => Deno.stdout.write(bytes));
  // When the input ends, the other side wants nothing more. When the socket ends, there is nothing more.
  await Promise.race([sent, received]);
  stream.close();
  return 0;
};

/** Copies until the end of the input, or until one side is gone: both mean the same here. */
async function copy(
  read: (buffer: Uint8Array) => Promise<number | null>,
  write: (bytes: Uint8Array) => Promise<number>,
): Promise<void> {
  const buffer = new Uint8Array(PIECE);
  try {
    for (let size = await read(buffer); size !== null; size = await read(buffer)) {
      for (let rest = buffer.subarray(0, size); rest.length > 0;) rest = rest.subarray(await write(rest));
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
