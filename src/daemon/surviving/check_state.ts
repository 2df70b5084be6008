/** `--check-state`: a program says whether it can take over from a saved state. It changes nothing. */

import { decodeBytes, reasonText } from "../../model/mod.ts";
import { SavedStateError } from "../../model/saving.ts";
import type { ManagerOptions } from "../../engine/mod.ts";
import { restore } from "../../engine/restoring.ts";
import { savedMemory } from "./daemon_state.ts";
import { readState } from "./state_text.ts";

/** The last words of a program that can take over. */
export const READY = "dinit: ready to take over";

/** Reads the state in a file. Returns the line to print, and the exit status. */
export function checkState(path: string): { readonly line: string; readonly status: number } {
  try {
    const reading = readState(decodeBytes(Deno.readFileSync(path)));
    if (reading === undefined) return { line: `dinit: ${path} has no saved state`, status: 1 };
    savedMemory(reading.parts);
    restore(UNUSED, reading.parts);
    return { line: READY, status: 0 };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const what = error instanceof SavedStateError
      ? error.message
      : `cannot read ${path}: ${reasonText(error)}`;
    return { line: `dinit: ${what}`, status: 1 };
  }
}

/** A restored engine uses none of these before its `resume`, which is not called here. */
const UNUSED = { clock: {}, host: {}, console: {}, environment: {}, source: {} } as unknown as ManagerOptions;
