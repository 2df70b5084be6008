/** The daemon of the current folder, for those who name no other one. */

import type { CtlIo } from "./io.ts";
import { FOLDER_SOCKET, type SocketOptions } from "./socket_path.ts";

/**
 * The socket in the current folder, if it may stand in for a standard one where no daemon answers: nothing names
 * another socket, and it belongs to the calling user, so that nobody can lay it as a trap. Links are not followed.
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
    if (error instanceof Error) return undefined; // whatever the reason, it cannot be used
    throw error;
  }
}
