/** `--check-state`: a program says whether it can take over from a saved state. It changes nothing. */

import { decodeBytes, reasonText } from "../../model/mod.ts";
import { SavedStateError } from "../../model/saving.ts";
import { MainEnvironment } from "../../description/mod.ts";
import type { ManagerOptions } from "../../engine/mod.ts";
import { restore } from "../../engine/restoring.ts";
import { savedMemory } from "./daemon_state.ts";
import { readState } from "./state_text.ts";

/** The last words of a program that can take over. */
export const READY = "dinit: ready to take over";

/** Reads the state in a file. Returns the line to print, and the exit status. */
export function checkState(path: string): { readonly line: string; readonly status: number } {
  const problem = problemOf(path);
  return problem === undefined ? { line: READY, status: 0 } : { line: `dinit: ${problem}`, status: 1 };
}

function problemOf(path: string): string | undefined {
  let state: string;
  try {
    state = decodeBytes(Deno.readFileSync(path));
  } catch (error) {
    return `cannot read ${path}: ${reasonText(error)}`;
  }
  try {
    const reading = readState(state);
    if (reading === undefined) return `${path} has no saved state`;
    savedMemory(reading.parts);
    restore({ ...UNUSED, environment: new MainEnvironment(new Map()) }, reading.parts);
    return undefined;
  } catch (error) {
    return error instanceof SavedStateError ? error.message : `cannot use the state: ${error}`;
  }
}

/** A restored engine uses none of these before its `resume`, which is not called here. */
const UNUSED = { clock: {}, host: {}, console: {}, source: {} } as unknown as ManagerOptions;
