import { Errno } from "../model/mod.ts";
import { Files, O } from "./files.ts";
import type { Library } from "./library.ts";

/** `fallocate`: removes a range from a file. */
export const FALLOC_FL_COLLAPSE_RANGE = 0x08;
const O_EXCL = 0o200;
/** A multiple of the block size of most file systems. */
const RANGE = 65_536n;
/** Behind the end of any file. */
const FAR_AWAY = 2n ** 42n;

/**
 * Whether the file system of an open file can remove the head of a file: ext4, XFS and F2FS can, tmpfs and btrfs cannot.
 * It asks with a range behind the end: a file system that can says that the range exceeds the file.
 */
export function fileCanCollapse(library: Library, fd: number): boolean {
  const result = library.symbols.fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, FAR_AWAY, RANGE);
  return result === -1 && library.errno() === Errno.EINVAL;
}

/** The same for new files in a folder. Throws `SystemCallError` if it cannot create a file there, which it removes. */
export function canCollapse(library: Library, folder: string): boolean {
  const files = new Files(library);
  const path = `${folder}/.dinit-probe-${Deno.pid}~`;
  const fd = files.open(path, O.RDWR | O.CREAT | O_EXCL, { mode: 0o600 });
  try {
    files.remove(path);
    return fileCanCollapse(library, fd);
  } finally {
    files.close(fd);
  }
}
