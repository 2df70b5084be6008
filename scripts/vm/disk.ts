/** Disk images: a filesystem from a directory, without mounting anything. */

import { ProgramFailed, run } from "./programs.ts";

/** Bigger than its contents, so that logs and packages have room. The file is sparse. */
const SIZE = "1500M";

/** Makes a disk image that holds an ext4 filesystem with everything in `directory`. */
export function makeDisk(directory: string, image: string): void {
  run("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "root", "-d", directory, image, SIZE]);
}

/** Copies a disk image, leaving out what is empty. */
export function copyDisk(image: string, copy: string): void {
  run("cp", ["--sparse=always", "--reflink=auto", image, copy]);
}

/** What is wrong with the filesystem of an image that nobody uses; `undefined` if it was unmounted clean. */
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

/** Takes the leave to run a program away from an image that nobody uses. */
export function makeUnexecutable(image: string, path: string): void {
  run("debugfs", ["-w", "-R", `set_inode_field ${path} mode 0100644`, image]);
}

/** The text of a file in an image that nobody uses; empty if there is none. */
export function readFromDisk(image: string, path: string): string {
  return run("debugfs", ["-R", `cat ${path}`, image]);
}
