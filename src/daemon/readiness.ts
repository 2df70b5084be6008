/** The descriptor on which the daemon says that it is ready (daemon and init 3.8). */

import { encodeBytes } from "../model/mod.ts";

type FileSystem = typeof import("node:fs");

/** Descriptors by number are the business of `node:fs`; it is loaded only if there is one to be used. */
function fileSystem(): FileSystem {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): FileSystem } };
  return process.getBuiltinModule("node:fs");
}

/** Whether a descriptor is open. */
export function isOpen(fd: number): boolean {
  if (fd < 0) return false;
  try {
    fileSystem().fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** Writes the path of the socket and a NUL, and closes the descriptor unless it is a standard one. */
export function announceReadiness(fd: number, path: string): void {
  const fs = fileSystem();
  fs.writeSync(fd, encodeBytes(`${path}\0`));
  if (fd > 2) fs.closeSync(fd);
}
