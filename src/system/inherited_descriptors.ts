/**
 * Descriptors that the daemon was started with. The runtime's functions refuse descriptors that the runtime did not
 * open.
 */

import { Files } from "./files.ts";
import { LibcUnavailableError, openLibrary, SystemCallError } from "./library.ts";

/** Operations on these descriptors. */
export interface InheritedDescriptors {
  isOpen(fd: number): boolean;
  /** Throws if writing fails. */
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): void;
  close(fd: number): void;
}

/** Through the C library; `undefined` if the library is not available. */
export function inheritedDescriptors(): InheritedDescriptors | undefined {
  let files: Files;
  try {
    files = new Files(openLibrary());
  } catch (error) {
    if (error instanceof LibcUnavailableError) return undefined;
    throw error;
  }
  return {
    isOpen: (fd) => {
      try {
        files.kindOf(fd);
        return true;
      } catch (error) {
        if (error instanceof SystemCallError) return false;
        throw error;
      }
    },
    write: (fd, bytes) => void files.write(fd, bytes),
    close: (fd) => files.close(fd),
  };
}
