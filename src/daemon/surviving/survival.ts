/**
 * What makes the daemon outlive its program: the copy of the journal in memory, and the handlers that execute the
 * program again after a fault. Only with the native host. docs/surviving.md.
 */

import { heirEntry, type Inheritance } from "../../inherited/inheritance.ts";
import { commandLine, inheritedEntries } from "../../inherited/mod.ts";
import type { openLibrary, ProcessJournal } from "../../host/mod.ts";
import { FaultHandlers, MemoryFile, OwnDescriptors } from "../../system/surviving.ts";
import { encodeBytes } from "../../model/mod.ts";
import { RECORD_SIZE } from "./fault_record.ts";
import { StateMemory } from "./state_memory.ts";

/** The same program, even if its file was replaced or removed. */
const THIS_PROGRAM = "/proc/self/exe";
const STDERR = 2;
/** Descriptors below this number survive a fault. */
const DESCRIPTORS = 65_536;

/** What `Survival` is given. */
export interface SurvivalContext {
  readonly library: ReturnType<typeof openLibrary>;
  /** The descriptor of the counts of signals. */
  readonly signals: number;
  /** The signals that the first program found blocked. */
  readonly blocked: bigint;
  readonly journal: ProcessJournal;
  /** Writes a warning to the log. */
  warn(text: string): void;
}

/** A daemon that outlives its program. */
export class Survival {
  readonly #memory: StateMemory;
  readonly #record: MemoryFile;
  readonly #handlers: FaultHandlers;
  readonly #inheritance: Omit<Inheritance, "reason">;

  /** From now on a fault executes the program again, with the journal as it is then. Throws `SystemCallError` if the system refuses memory for that. */
  constructor({ library, signals, blocked, journal, warn }: SurvivalContext) {
    this.#memory = new StateMemory(library, warn);
    this.#record = new MemoryFile(library, "dinit fault");
    this.#record.append(new Uint8Array(RECORD_SIZE)); // for the handlers
    this.#inheritance = {
      state: this.#memory.descriptor,
      record: this.#record.fd,
      signals,
      blocked,
      tries: 0,
    };
    this.#handlers = faultHandlers(library, { reason: "fault", ...this.#inheritance });
    journal.keepCopy(this.#memory);
    this.#handlers.install();
  }

  /** The descriptor of the saved state. */
  get stateDescriptor(): number {
    return this.#memory.descriptor;
  }

  /** Why a program that takes over now would not find the whole state; `undefined`: it would. */
  get problem(): string | undefined {
    return this.#memory.problem;
  }

  /**
   * The environment for a program that takes over on request, `NAME=VALUE`. `program`: the descriptor of this one, to
   * which it returns if it fails.
   */
  environmentOfHeir(program: number): string[] {
    this.#record.append(encodeBytes(JSON.stringify(commandLine() ?? [])));
    return [...inheritedEntries(), heirEntry({ reason: "upgrade", ...this.#inheritance, program })];
  }

  /** The descriptors that a program that takes over needs. */
  get descriptors(): number[] {
    const { state, record, signals } = this.#inheritance;
    return [state, record, signals];
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

/** Handlers that execute this program again, and give it the inheritance. Throws `SystemCallError`. */
export function faultHandlers(
  library: ReturnType<typeof openLibrary>,
  inheritance: Inheritance,
): FaultHandlers {
  return new FaultHandlers(library, {
    path: THIS_PROGRAM,
    argv: commandLine() ?? [],
    environment: [...inheritedEntries(), heirEntry(inheritance)],
    record: inheritance.record,
    descriptors: DESCRIPTORS,
  });
}

/** The descriptors from 3 on that the program was started with. They stay open, for paths such as `/dev/fd/5`. */
export function givenDescriptors(library: ReturnType<typeof openLibrary>): number[] {
  const open = new OwnDescriptors(library).list();
  return open.filter(({ fd, passesExec }) => fd > STDERR && passesExec).map(({ fd }) => fd);
}
