/** The daemon's own part of the state: what belongs to none of the rooms below. */

import type { ServiceManager } from "../../engine/mod.ts";
import { DINIT_VERSION, type Overview, PRODUCT_VERSION } from "../../model/mod.ts";
import {
  flag,
  listOf,
  number,
  object,
  optional,
  or,
  type Plain,
  type SavedParts,
  type Schema,
  type StatePart,
  type StateStore,
} from "../../model/saving.ts";

/** What the daemon remembers. */
export interface DaemonMemory {
  /** When it was started for the first time, by the engine's clock, in milliseconds. */
  startedAt: number;
  /** The difference between the time of day and the engine's clock, in milliseconds. */
  wallOffset: number | undefined;
  /** Identifies the stream of facts (`FactSource.origin`). */
  origin: number;
  /** The services of the command line have been started. */
  begun: boolean;
  /** Its readiness has been announced. */
  announced: boolean;
  /** The boot is in the login tables. */
  bootRecorded: boolean;
  /** A service with `starts-log` has started. */
  logStarted: boolean;
  /** Descriptors from 3 on that it was started with, which stay open. */
  given: readonly number[];
  /** The first program has found SIGHUP ignored, as with `nohup`. */
  hangUpIgnored: boolean;
  /** When faults happened, by the engine's clock. */
  faults: readonly number[];
  /** The exit status of `--exit-with` or `--exit-on-failure`, once it is known. */
  exitStatus: number | undefined;
  /** The number under which its start is kept (`StartKeeper`), once it is. */
  keptStart: number | undefined;
}

/** The memory of a new daemon. `now` is by the engine's clock. */
export function newMemory(
  now: number,
  { hangUpIgnored }: Pick<DaemonMemory, "hangUpIgnored">,
): DaemonMemory {
  return {
    startedAt: now,
    wallOffset: undefined,
    origin: Math.trunc(performance.timeOrigin),
    begun: false,
    announced: false,
    bootRecorded: false,
    logStarted: false,
    given: [],
    hangUpIgnored,
    faults: [],
    exitStatus: undefined,
    keptStart: undefined,
  };
}

const memory: Schema<DaemonMemory> = object<DaemonMemory>({
  startedAt: or(number, 0),
  wallOffset: optional(number),
  origin: or(number, 0),
  begun: or(flag, false),
  announced: or(flag, false),
  bootRecorded: or(flag, false),
  logStarted: or(flag, false),
  given: or(listOf(number), []),
  hangUpIgnored: or(flag, false),
  faults: or(listOf(number), []),
  exitStatus: optional(number),
  keptStart: optional(number),
});

/** The part `daemon`. */
export class DaemonState implements StatePart {
  readonly name = "daemon";
  readonly #store: StateStore;
  readonly #memory: DaemonMemory;

  constructor(store: StateStore, initial: DaemonMemory) {
    this.#store = store;
    this.#memory = initial;
    store.changed(this, 0);
  }

  /** The current values. */
  get memory(): Readonly<DaemonMemory> {
    return this.#memory;
  }

  /** What the daemon tells of itself. */
  info(manager: Pick<ServiceManager, "now" | "shuttingDown">, socket: string): Overview["daemon"] {
    const { shuttingDown } = manager;
    const uptime = manager.now() - this.#memory.startedAt;
    const [version, compatibleWith] = [PRODUCT_VERSION, DINIT_VERSION];
    return { version, compatibleWith, pid: Deno.pid, uptime, socket, shuttingDown };
  }

  /** Changes some values. */
  change(changes: Partial<DaemonMemory>): void {
    Object.assign(this.#memory, changes);
    this.#store.changed(this, 0);
  }

  document(place: number): Plain | undefined {
    if (place !== 0) return undefined;
    const { wallOffset, given, faults, exitStatus, keptStart, ...plain } = this.#memory;
    return {
      ...plain,
      given: [...given],
      faults: [...faults],
      ...(wallOffset === undefined ? {} : { wallOffset }),
      ...(exitStatus === undefined ? {} : { exitStatus }),
      ...(keptStart === undefined ? {} : { keptStart }),
    };
  }
}

/** The values of a saved state. Throws `SavedStateError`. */
export function savedMemory(parts: SavedParts): DaemonMemory {
  return memory(parts.get("daemon")?.get(0) ?? {}, "daemon 0");
}
