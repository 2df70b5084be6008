/** Disk images: a filesystem from a directory, without mounting anything. */

import { ProgramFailed, run } from "./programs.ts";

/** Larger than its contents, so that logs and packages have room. The file is sparse. */
const SIZE = "1500M";

/** Makes a disk image with an ext4 filesystem that contains everything in `directory`. */
export function makeDisk(directory: string, image: string): void {
  run("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "root", "-d", directory, image, SIZE]);
}

/** Copies a disk image, and skips its empty parts. */
export function copyDisk(image: string, copy: string): void {
  run("cp", ["--sparse=always", "--reflink=auto", image, copy]);
}

/** The problem of the filesystem in an image that is not in use; `undefined` if it was unmounted cleanly. */
export function uncleanness(image: string): string | undefined {
  const state = run("dumpe2fs", ["-h", image]);
  if (/^Filesystem features:.*\bneeds_recovery\b/m.test(state)) return "its journal has to be replayed";
  if (!/^Filesystem state: +clean$/m.test(state)) return /^Filesystem state:.*$/m.exec(state)?.[0] ?? state;
  try {
    run("e2fsck", ["-f", "-n", image]);
    return undefined;
  } catch (error) {
    if (error instanceof ProgramFailed) return error.said;
    throw error;
  }
}

/** Makes a program not executable, in an image that is not in use. */
export function makeUnexecutable(image: string, path: string): void {
  run("debugfs", ["-w", "-R", `set_inode_field ${path} mode 0100644`, image]);
}

/** The text of a file in an image that is not in use; empty if there is none. */
export function readFromDisk(image: string, path: string): string {
  return run("debugfs", ["-R", `cat ${path}`, image]);
}
