/** The descriptor on which the daemon announces its readiness (daemon and init 3.8). */

import { encodeBytes, reasonText } from "../model/mod.ts";
import { inheritedDescriptors } from "../host/mod.ts";
import type { MessageLog } from "../log/mod.ts";

/** The standard streams, which need no grant for the C library. */
const STANDARD = new Map<number, Pick<typeof Deno.stdout, "writeSync">>([[1, Deno.stdout], [2, Deno.stderr]]);

/** Whether a descriptor is open. Without the C library, only the standard streams are known. */
export function isOpen(fd: number): boolean {
  return STANDARD.has(fd) || (inheritedDescriptors()?.isOpen(fd) ?? false);
}

/** Announces readiness once. */
export class Readiness {
  readonly #log: MessageLog;
  #fd: number | undefined;

  /** Without a descriptor it announces nothing. */
  constructor(fd: number | undefined, log: MessageLog) {
    this.#fd = fd;
    this.#log = log;
  }

  /** Writes the path of the socket, if there is one already, and a NUL. Returns whether it tried that, for the first time. */
  announce(socketPath: string | undefined): boolean {
    const fd = this.#fd;
    if (fd === undefined || socketPath === undefined) return false;
    this.#fd = undefined;
    try {
      write(fd, encodeBytes(`${socketPath}\0`));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#log.message("error", `Cannot report readiness: ${reasonText(error)}`);
    }
    return true;
  }
}

/**
 * Writes, and closes the descriptor unless it is a standard one. The runtime's streams are copies of the standard ones
 * from before the console was opened, so they are used only if there is no other way.
 */
function write(fd: number, line: Uint8Array<ArrayBuffer>): void {
  const descriptors = inheritedDescriptors();
  if (descriptors === undefined) {
    STANDARD.get(fd)?.writeSync(line);
    return;
  }
  try {
    descriptors.write(fd, line);
  } finally {
    if (!STANDARD.has(fd)) descriptors.close(fd);
  }
}
