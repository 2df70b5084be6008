import { type Library, SystemCallError } from "./library.ts";
import { Memory } from "./memory.ts";
import { afterFirst, TextVector } from "./text_vector.ts";

/** Larger than both structures on all known platforms (336 and 80 bytes on x86-64). */
const OPAQUE_SIZE = 1024;
const SIGSET_SIZE = 128;
const POSIX_SPAWN_SETPGROUP = 0x02;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;

/** Actions on descriptors in the child, in order. */
export type DescriptorAction =
  | { readonly do: "duplicate"; readonly from: number; readonly to: number }
  | { readonly do: "close"; readonly fd: number };

/** A new session, a new process group in the daemon's session, or the daemon's group. */
export type ProcessGroup = "session" | "group" | "inherited";

/** One process to make. */
export interface SpawnRequest {
  /** The executable; relative to `directory`. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=VALUE`. If the same array is passed again, its contents must not have changed. */
  readonly environment: readonly string[];
  /** The working directory: open, or an absolute path. */
  readonly directory: number | string;
  readonly descriptors: readonly DescriptorAction[];
  readonly group: ProcessGroup;
  /** A terminal; the process becomes its foreground group. */
  readonly foregroundOf: number | undefined;
  /** The signals that are blocked; bit 0 is signal 1. */
  readonly blocked: bigint;
}

/**
 * The memory of one call of `posix_spawn`. It is used again for the next call: what is equal stays as it is. Recording
 * an action on a descriptor costs a system call, because the C library compares the number with the limit of open files.
 */
export class SpawnWork {
  readonly #library: Library;
  readonly #structures: Memory;
  /** The path, followed by the arguments. */
  readonly #command: TextVector;
  readonly #environment: TextVector;
  readonly #directory: TextVector;
  #actionsFor: string | undefined;
  #attributesFor: string | undefined;
  #terminal: number | undefined;

  /** The address of the path. */
  path = 0n;
  /** The address of the vector of arguments. */
  argv = 0n;
  /** The address of the vector of the environment. */
  environment = 0n;

  /** @param ignored the signals whose disposition does not change; bit 0 is signal 1. All others get their default */
  constructor(library: Library, ignored: bigint) {
    this.#library = library;
    this.#structures = Memory.reserve(library, 2 * OPAQUE_SIZE);
    this.#command = new TextVector(library);
    this.#environment = new TextVector(library);
    this.#directory = new TextVector(library);
    const { symbols } = library;
    symbols.posix_spawnattr_init(this.attributes);
    symbols.posix_spawnattr_setsigdefault(this.attributes, signalSet(BigInt.asUintN(64, ~ignored)));
    symbols.posix_spawnattr_setpgroup(this.attributes, 0);
  }

  /** The address of the attributes. */
  get attributes(): bigint {
    return this.#structures.address;
  }

  /** The address of the file actions. */
  get actions(): bigint {
    return this.#structures.address + BigInt(OPAQUE_SIZE);
  }

  /** Copies a request into this memory. Throws `SystemCallError`. */
  lay(request: SpawnRequest): void {
    const { vector, first } = this.#command.lay([request.path, ...request.argv]);
    this.path = first;
    this.argv = afterFirst(vector);
    this.environment = this.#environment.lay(request.environment).vector;
    this.#setAttributes(request);
    this.#setActions(request);
  }

  /** The process has been made. With glibc before 2.35 it gets its terminal now, slightly late. */
  made(pid: number): void {
    const { symbols } = this.#library;
    if (this.#terminal === undefined || symbols.posix_spawn_file_actions_addtcsetpgrp_np !== null) return;
    symbols.tcsetpgrp(this.#terminal, pid);
  }

  #setAttributes({ group, blocked }: SpawnRequest): void {
    const wanted = `${group} ${blocked}`;
    if (wanted === this.#attributesFor) return;
    const { symbols } = this.#library;
    const own = group === "session" ? POSIX_SPAWN_SETSID : group === "group" ? POSIX_SPAWN_SETPGROUP : 0;
    symbols.posix_spawnattr_setflags(this.attributes, own | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    symbols.posix_spawnattr_setsigmask(this.attributes, signalSet(blocked));
    this.#attributesFor = wanted;
  }

  #setActions(request: SpawnRequest): void {
    const { descriptors, directory, foregroundOf } = request;
    const steps = descriptors.map((step) => step.do === "close" ? `-${step.fd}` : `${step.from}>${step.to}`);
    const wanted = `${foregroundOf} ${steps} ${directory}`;
    if (wanted === this.#actionsFor) return;
    const { symbols } = this.#library;
    if (this.#actionsFor !== undefined) symbols.posix_spawn_file_actions_destroy(this.actions);
    symbols.posix_spawn_file_actions_init(this.actions);
    this.#actionsFor = "incomplete";
    this.#addActions(request);
    this.#actionsFor = wanted;
    this.#terminal = foregroundOf;
  }

  #addActions({ descriptors, directory, foregroundOf }: SpawnRequest): void {
    const { symbols } = this.#library;
    const add = (call: string, errno: number) => {
      if (errno !== 0) throw new SystemCallError(call, errno);
    };
    if (foregroundOf !== undefined && symbols.posix_spawn_file_actions_addtcsetpgrp_np !== null) {
      add("addtcsetpgrp", symbols.posix_spawn_file_actions_addtcsetpgrp_np(this.actions, foregroundOf));
    }
    if (typeof directory === "number") {
      add("addfchdir", symbols.posix_spawn_file_actions_addfchdir_np(this.actions, directory));
    } else {
      const { first } = this.#directory.lay([directory]); // the C library copies it
      add("addchdir", symbols.posix_spawn_file_actions_addchdir_np(this.actions, first));
    }
    for (const action of descriptors) {
      add(
        action.do,
        action.do === "duplicate"
          ? symbols.posix_spawn_file_actions_adddup2(this.actions, action.from, action.to)
          : symbols.posix_spawn_file_actions_addclose(this.actions, action.fd),
      );
    }
  }
}

/** A set of signals as C has it. */
function signalSet(bits: bigint): Uint8Array<ArrayBuffer> {
  const set = new Uint8Array(SIGSET_SIZE);
  new DataView(set.buffer).setBigUint64(0, bits, true);
  return set;
}
