/**
 * What makes the daemon outlive its program: the copy of the journal in memory, and the handlers that execute the
 * program again after a fault. Only with the native host. docs/surviving.md.
 */

import { commandLine, heirEntry, inheritedEntries } from "../../inherited/mod.ts";
import { FaultHandlers, MemoryFile, type openLibrary, type ProcessJournal } from "../../host/mod.ts";
import { encodeBytes } from "../../model/mod.ts";
import { StateMemory } from "./state_memory.ts";

/** The same program, even if its file was replaced or removed. */
const THIS_PROGRAM = "/proc/self/exe";
/** Descriptors below this number survive a fault. */
const DESCRIPTORS = 65_536;

/** What `Survival` is given. */
export interface SurvivalContext {
  readonly library: ReturnType<typeof openLibrary>;
  /** The descriptor of the counts of signals. */
  readonly signals: number;
  readonly journal: ProcessJournal;
  /** Writes a warning to the log. */
  warn(text: string): void;
}

/** A daemon that outlives its program. */
export class Survival {
  readonly #memory: StateMemory;
  readonly #record: MemoryFile;
  readonly #handlers: FaultHandlers;
  readonly #signals: number;

  /** From now on a fault executes the program again. Throws `SystemCallError` if the system refuses memory for that. */
  constructor({ library, signals, journal, warn }: SurvivalContext) {
    this.#signals = signals;
    this.#memory = new StateMemory(library, warn);
    this.#record = new MemoryFile(library, "dinit fault");
    const inheritance = { state: this.#memory.descriptor, record: this.#record.fd, signals };
    this.#handlers = new FaultHandlers(library, {
      path: THIS_PROGRAM,
      argv: commandLine() ?? [],
      environment: [...inheritedEntries(), heirEntry({ reason: "fault", ...inheritance })],
      record: this.#record.fd,
      descriptors: DESCRIPTORS,
    });
    journal.keepCopy(this.#memory);
    this.#handlers.install();
  }

  /** The entry of the environment for a program that takes over on request. */
  get heirEntry(): string {
    return heirEntry({
      reason: "upgrade",
      state: this.#memory.descriptor,
      record: this.#record.fd,
      signals: this.#signals,
    });
  }

  /** The descriptors that a program that takes over needs. */
  get descriptors(): number[] {
    return [this.#memory.descriptor, this.#record.fd, this.#signals];
  }

  /** From now on a program that only uses processor time has a fault, too. `seconds`: of processor time. */
  watchTime(seconds: number): void {
    this.#handlers.watchTime(seconds);
  }

  /** The event loop turns. */
  alive(): void {
    this.#handlers.alive();
  }

  /** A bug has left the memory half changed: executes the program again, at once. */
  fault(error: unknown): void {
    const words = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#record.append(encodeBytes(words));
    this.#handlers.raise();
  }

  /** The program ends in order: from now on a fault only ends it. */
  end(): void {
    this.#handlers.disarm();
  }
}
