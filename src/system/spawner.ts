import { type Library, SystemCallError } from "./library.ts";
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
  /** The open working directory. */
  readonly directory: number;
  readonly descriptors: readonly DescriptorAction[];
  readonly group: ProcessGroup;
  /** A terminal; the process becomes its foreground group. */
  readonly foregroundOf: number | undefined;
  /** The signals that are blocked; bit 0 is signal 1. */
  readonly blocked: bigint;
}

/** Lowers limits of the daemon during a call. */
export interface LoweredLimits {
  whileLowered<T>(call: () => T): T;
}

/** Makes processes with `posix_spawn`. */
export class Spawner {
  readonly #library: Library;
  readonly #limits: LoweredLimits | undefined;
  readonly #attributes = new Uint8Array(OPAQUE_SIZE);
  readonly #actions = new Uint8Array(OPAQUE_SIZE);
  readonly #pid = new Uint8Array(4);
  readonly #blocked = new Uint8Array(SIGSET_SIZE);
  /** The path, followed by the arguments. */
  readonly #command: TextVector;
  readonly #environment: TextVector;

  /**
   * @param ignored the signals whose disposition does not change; bit 0 is signal 1. All others get their default
   * @param limits limits of the daemon to lower while the process is made. @default none
   */
  constructor(library: Library, ignored: bigint, limits?: LoweredLimits) {
    this.#library = library;
    this.#limits = limits;
    this.#command = new TextVector(library);
    this.#environment = new TextVector(library);
    const { symbols } = library;
    symbols.posix_spawnattr_init(this.#attributes);
    symbols.posix_spawnattr_setsigdefault(this.#attributes, signalSet(BigInt.asUintN(64, ~ignored)));
    symbols.posix_spawnattr_setpgroup(this.#attributes, 0);
  }

  /** Makes the process and returns its id. Throws `SystemCallError` with the reason of a failure. */
  spawn(request: SpawnRequest): number {
    const { symbols } = this.#library;
    const { vector, first: path } = this.#command.lay([request.path, ...request.argv]);
    const argv = afterFirst(vector);
    const environment = this.#environment.lay(request.environment).vector;
    this.#setAttributes(request);
    symbols.posix_spawn_file_actions_init(this.#actions);
    try {
      this.#addActions(request);
      // The C library checks descriptors against the limit when it records the actions, which is done by now.
      const make = () =>
        symbols.posix_spawn(this.#pid, path, this.#actions, this.#attributes, argv, environment);
      const errno = this.#limits === undefined ? make() : this.#limits.whileLowered(make);
      if (errno !== 0) throw new SystemCallError("posix_spawn", errno);
      const pid = new DataView(this.#pid.buffer).getInt32(0, true);
      if (request.foregroundOf !== undefined && symbols.posix_spawn_file_actions_addtcsetpgrp_np === null) {
        symbols.tcsetpgrp(request.foregroundOf, pid); // with glibc before 2.35, slightly late
      }
      return pid;
    } finally {
      symbols.posix_spawn_file_actions_destroy(this.#actions);
    }
  }

  #setAttributes({ group, blocked }: SpawnRequest): void {
    const { symbols } = this.#library;
    const own = group === "session" ? POSIX_SPAWN_SETSID : group === "group" ? POSIX_SPAWN_SETPGROUP : 0;
    symbols.posix_spawnattr_setflags(this.#attributes, own | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    new DataView(this.#blocked.buffer).setBigUint64(0, blocked, true);
    symbols.posix_spawnattr_setsigmask(this.#attributes, this.#blocked);
  }

  #addActions({ descriptors, directory, foregroundOf }: SpawnRequest): void {
    const { symbols } = this.#library;
    const add = (call: string, errno: number) => {
      if (errno !== 0) throw new SystemCallError(call, errno);
    };
    if (foregroundOf !== undefined && symbols.posix_spawn_file_actions_addtcsetpgrp_np !== null) {
      add("addtcsetpgrp", symbols.posix_spawn_file_actions_addtcsetpgrp_np(this.#actions, foregroundOf));
    }
    add("addfchdir", symbols.posix_spawn_file_actions_addfchdir_np(this.#actions, directory));
    for (const action of descriptors) {
      add(
        action.do,
        action.do === "duplicate"
          ? symbols.posix_spawn_file_actions_adddup2(this.#actions, action.from, action.to)
          : symbols.posix_spawn_file_actions_addclose(this.#actions, action.fd),
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
