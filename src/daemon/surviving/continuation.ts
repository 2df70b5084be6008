/** Finds the state from which a daemon continues: that of the program it replaces, or of a daemon that was killed. */

import { decodeBytes } from "../../model/mod.ts";
import { type SavedParts, SavedStateError } from "../../model/saving.ts";
import type { Inheritance } from "../../inherited/mod.ts";
import { type Journal, openLibrary, parseJournal, readWhole } from "../../host/mod.ts";
import { type FaultRecord, readFaultRecord, RECORD_SIZE } from "./fault_record.ts";
import { readState } from "./state_text.ts";

/** From what a daemon continues. */
export interface Continuation {
  /** `upgrade` and `fault`: in the process of the program before; `adopt`: a killed daemon has left processes. */
  readonly way: "upgrade" | "fault" | "adopt";
  readonly parts: SavedParts;
  /** The number of the last step. */
  readonly step: number;
  /** The record of processes. */
  readonly journal: Journal;
  /** After a fault. */
  readonly fault: FaultRecord | undefined;
}

/** Reads the state that an heir is given. Throws `SavedStateError` if it is not usable. */
export function inheritedState({ reason, state, record }: Inheritance): Continuation {
  const library = openLibrary();
  const text = decodeBytes(readWhole(library, state));
  const reading = readState(text);
  if (reading === undefined) throw new SavedStateError("the memory", "has no state");
  const { parts, step } = reading;
  const fault = reason === "fault"
    ? readFaultRecord(readWhole(library, record).subarray(-RECORD_SIZE))
    : undefined;
  return { way: reason, parts, step, journal: parseJournal(text), fault };
}

/**
 * Reads the state that a killed daemon has left; `undefined` if there is none of this boot. Throws `SavedStateError` if
 * it is not usable.
 */
export function leftState(
  { journal, text }: { readonly journal: Journal; readonly text: string },
  boot: string | undefined,
): Continuation | undefined {
  if (boot === undefined || boot !== journal.owner?.boot) return undefined;
  const reading = readState(text);
  if (reading === undefined) return undefined;
  return { way: "adopt", parts: reading.parts, step: reading.step, journal, fault: undefined };
}
