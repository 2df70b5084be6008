import { Errno } from "../model/mod.ts";
import { Files, O } from "./files.ts";
import type { Library } from "./library.ts";

/** `fallocate`: removes a range from a file. */
export const FALLOC_FL_COLLAPSE_RANGE = 0x08;
const O_EXCL = 0o200;
/** A multiple of the block size of most file systems. */
const RANGE = 65_536n;
/** Files that are larger are not asked about. */
export const LARGEST_ASKED = 2 ** 39;
/** Behind the end of the others. A file system with blocks of 1 KB has files of up to 2^42 bytes. */
const FAR_AWAY = 2n ** 40n;

/**
 * Whether the file system of an open file of at most `LARGEST_ASKED` bytes can remove the head of a file: ext4, XFS and
 * F2FS can, tmpfs and btrfs cannot. It asks with a range behind the end: a file system that can says that the range
 * exceeds the file. If another reason forbids it, the answer is yes, and the rotation gives the reason.
 */
export function fileCanCollapse(library: Library, fd: number): boolean {
  if (library.symbols.fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, FAR_AWAY, RANGE) === 0) return true;
  return library.errno() !== Errno.EOPNOTSUPP && library.errno() !== Errno.ENOSYS;
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
