/** The descriptor on which the daemon says that it is ready (daemon and init 3.8). */

import { encodeBytes } from "../model/mod.ts";
import { inheritedDescriptors } from "../host/mod.ts";

/** The standard streams, which need no leave to call the C library. */
const STANDARD = new Map<number, Pick<typeof Deno.stdout, "writeSync">>([[1, Deno.stdout], [2, Deno.stderr]]);

/** Whether a descriptor is open. Without the C library, only the standard streams are known. */
export function isOpen(fd: number): boolean {
  return STANDARD.has(fd) || (inheritedDescriptors()?.isOpen(fd) ?? false);
}

/** Writes the path of the socket and a NUL, and closes the descriptor unless it is a standard one. */
export function announceReadiness(fd: number, path: string): void {
  const line = encodeBytes(`${path}\0`);
  const stream = STANDARD.get(fd);
  if (stream !== undefined) {
    stream.writeSync(line);
    return;
  }
  const descriptors = inheritedDescriptors();
  descriptors?.write(fd, line);
  descriptors?.close(fd);
}
