/** Finds the state from which a daemon continues: that of the program it replaces, or of a daemon that was killed. */

import { decodeBytes } from "../../model/mod.ts";
import { type SavedParts, SavedStateError } from "../../model/saving.ts";
import type { ManagerOptions, ServiceManager } from "../../engine/mod.ts";
import { restore } from "../../engine/restoring.ts";
import type { Inheritance } from "../../inherited/inheritance.ts";
import { type Journal, openLibrary, parseJournal } from "../../host/mod.ts";
import { readWhole } from "../../system/surviving.ts";
import { type FaultRecord, readFaultRecord } from "./fault_record.ts";
import { type DaemonMemory, savedMemory } from "./daemon_state.ts";
import { type SavedRing, savedRing } from "./recent_facts.ts";
import { readState, type StateReading } from "./state_text.ts";

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
  /** The last facts; after a kill, none. */
  readonly ring: SavedRing;
  /** What the daemon remembers; after a kill, little. */
  readonly memory: Partial<DaemonMemory>;
  /** Makes the engine of the saved state. Throws `SavedStateError`. */
  engine(options: ManagerOptions): ServiceManager;
}

/** Reads the state that an heir is given. Throws `SavedStateError` if it is not usable. */
export function inheritedState({ reason, state, record }: Inheritance): Continuation {
  const library = openLibrary();
  const text = decodeBytes(readWhole(library, state));
  const reading = readState(text);
  if (reading === undefined) throw new SavedStateError("the memory", "has no state");
  const fault = reason === "fault" ? readFaultRecord(readWhole(library, record)) : undefined;
  return continuation(reason === "fault" ? "fault" : "upgrade", reading, parseJournal(text), fault);
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
  return continuation("adopt", reading, journal, undefined);
}

function continuation(
  way: Continuation["way"],
  { parts, step }: StateReading,
  journal: Journal,
  fault: FaultRecord | undefined,
): Continuation {
  const saved = savedMemory(parts);
  // Another process is another daemon: only the machine is the same.
  const { begun, bootRecorded, wallOffset } = saved;
  const memory = way === "adopt" ? { begun, bootRecorded, wallOffset } : saved;
  const ring = way === "adopt" ? { last: 0, facts: [] } : savedRing(parts);
  return {
    way,
    parts,
    step,
    journal,
    fault,
    ring,
    memory,
    engine: (options) => restore(options, parts),
  };
}
