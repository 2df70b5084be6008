/** The daemon of the current folder, if no other one is named. */

import type { SocketOptions } from "../../client/mod.ts";
import type { CtlIo } from "./io.ts";

/** The socket of a daemon that runs in the current folder, as in `deno task start`. */
export const FOLDER_SOCKET = "run/dinitctl";

/**
 * The socket in the current folder, if it may replace a standard one without a daemon. Nothing may name another socket,
 * and the calling user must own it, so that nobody can use it as a trap. Links are not followed.
 */
export function folderSocket(options: SocketOptions, io: CtlIo): string | undefined {
  const isNamed = options.socketPath !== undefined || options.mode === "system" ||
    io.env("DINIT_SOCKET_PATH") !== undefined;
  if (isNamed) return undefined;
  const [folder] = FOLDER_SOCKET.split("/");
  const own = (path: string) => {
    const found = information(path);
    return found !== undefined && found.uid === io.uid() ? found : undefined;
  };
  return own(folder)?.isDirectory && own(FOLDER_SOCKET)?.isSocket ? FOLDER_SOCKET : undefined;
}

function information(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined; // for whatever reason, it is not usable
    throw error;
  }
}
