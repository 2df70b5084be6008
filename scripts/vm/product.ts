/** Installs our binary and the example's services in a copy of the distribution's root filesystem. */

import { run } from "./programs.ts";

/** The root of the repository, with a final slash. */
export const REPOSITORY = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** The program that the kernel starts: it mounts /proc, which the binary needs, and executes the daemon. */
export const OUR_INIT = "/usr/sbin/dinit-init";

/**
 * Copies `root` to `copy`, which must not exist, and installs the output of `deno task compile`.
 * @param dist the output directory
 */
export function installProduct(root: string, copy: string, dist: string): void {
  run("cp", ["--archive", "--reflink=auto", root, copy]);
  run(Deno.execPath(), [
    "run",
    "--allow-all",
    `${REPOSITORY}scripts/install.ts`,
    "--prefix=/usr",
    `--dist=${dist}`,
  ], {
    DESTDIR: copy,
  });
  run("/bin/sh", [`${REPOSITORY}examples/system/install`, copy]);
}
