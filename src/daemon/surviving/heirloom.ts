/**
 * The first steps of a program that takes over in the same process: it finds the descriptors that it inherits, and closes
 * all others that the program before had open.
 */

import { type openLibrary, OwnDescriptors } from "../../host/mod.ts";

const FIRST = 3;

/**
 * Closes the inherited descriptors that are not in `known`, and makes the others close-on-exec, so that services do not
 * inherit them. Inherited descriptors are not close-on-exec, unlike all that this program has opened itself.
 */
export function sortDescriptors(
  library: ReturnType<typeof openLibrary>,
  known: ReadonlySet<number>,
): void {
  const descriptors = new OwnDescriptors(library);
  for (const { fd, passesExec } of descriptors.list()) {
    if (fd < FIRST || !passesExec) continue;
    if (known.has(fd)) descriptors.setPassesExec(fd, false);
    else library.symbols.close(fd);
  }
}
