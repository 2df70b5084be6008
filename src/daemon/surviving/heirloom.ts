/**
 * The first steps of a program that takes over in the same process: it finds the descriptors that it inherits, and closes
 * all others that the program before had open.
 */

import { heirEntry, type Inheritance } from "../../inherited/inheritance.ts";
import { inheritedEntries } from "../../inherited/mod.ts";
import { openLibrary, SystemCallError } from "../../host/mod.ts";
import { Execution } from "../../system/replacing.ts";
import { ALL_SIGNALS, OwnDescriptors, readWhole } from "../../system/surviving.ts";
import { decodeBytes } from "../../model/mod.ts";
import { RECORD_SIZE } from "./fault_record.ts";
import { faultHandlers } from "./survival.ts";

const FIRST = 3;

/** How many programs in a row may have a fault before they continue. */
const TRIES = 5;

/**
 * From now on a fault of this program, which has not yet continued, executes it again with the same inheritance. The
 * result ends that: call it when other handlers have taken over.
 */
export function guardHeir(inheritance: Inheritance): () => void {
  const { tries, program: _program, ...rest } = inheritance;
  if (tries >= TRIES) return () => {};
  try {
    const handlers = faultHandlers(openLibrary(), { ...rest, tries: tries + 1, reason: "fault" });
    handlers.install();
    return () => handlers.disarm();
  } catch (error) {
    if (error instanceof SystemCallError) return () => {}; // the next program says so
    throw error;
  }
}

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

/**
 * Executes the program before again, with everything that it has left, because this one cannot take over. It must not
 * have changed anything. Returns if that is not possible.
 */
export function goBack(inheritance: Inheritance): void {
  const { program, record } = inheritance;
  if (program === undefined) return;
  const library = openLibrary();
  const argv: unknown = JSON.parse(decodeBytes(readWhole(library, record).subarray(RECORD_SIZE)));
  if (!Array.isArray(argv)) return;
  const { program: _program, ...rest } = inheritance;
  // This program may have taken some of them over. The other one closes those that nobody needs.
  const descriptors = new OwnDescriptors(library);
  for (const { fd } of descriptors.list()) if (fd >= FIRST) descriptors.setPassesExec(fd, true);
  const environment = [...inheritedEntries(), heirEntry({ ...rest, reason: "return" })];
  new Execution(library).execute(`/proc/self/fd/${program}`, argv.map(String), environment, {
    blocked: ALL_SIGNALS,
  });
}
