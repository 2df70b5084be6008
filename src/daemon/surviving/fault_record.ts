/** What the signal handlers of the fault have written about it. */

import { signalNameOf } from "../../model/mod.ts";

/** A fault of the program. */
export interface FaultRecord {
  /** In words, such as `SIGSEGV at address 0x10`. */
  readonly words: string;
  /** The number of the signal; 0 if the program ended without one. */
  readonly signal: number;
}

/** The size of one record in bytes: `siginfo_t`. */
export const RECORD_SIZE = 128;
/** Offsets in `siginfo_t`. */
const CODE = 8;
const SENDER = 16;
const ADDRESS = 16;
/** The codes of signals that the kernel sends because of a fault are positive. */
const BY_TIMER = -2;
const BY_PROCESS = 0;
const BY_THREAD = -6;

/** Reads the record of a fault. */
export function readFaultRecord(bytes: Uint8Array): FaultRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const signal = view.getInt32(0, true);
  return { signal, words: wordsOf(signal, view) };
}

function wordsOf(signal: number, view: DataView): string {
  if (signal === 0) return "the runtime ended the program";
  const name = signalNameOf(signal) ?? `signal ${signal}`;
  switch (view.getInt32(CODE, true)) {
    case BY_TIMER:
      return "it was busy and did nothing else (see --hang-limit)";
    case BY_PROCESS:
      return `${name} from process ${view.getInt32(SENDER, true)}`;
    case BY_THREAD:
      return `${name} by the program itself`;
    default:
      return `${name} at address 0x${view.getBigUint64(ADDRESS, true).toString(16)}`;
  }
}
