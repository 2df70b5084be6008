/**
 * The place of this program in the line of programs that have run the daemon: what it takes over from the one before,
 * and what it leaves to the one after. docs/surviving.md.
 */

import { type NativeHost, openLibrary, Processes, SystemCallError } from "../../host/mod.ts";
import { signalBits, SignalMask } from "../../system/surviving.ts";
import type { ServiceManager } from "../../engine/mod.ts";
import type { DaemonLog } from "../../log/mod.ts";
import { commandLine } from "../../inherited/mod.ts";
import { Signal, typed } from "../../model/mod.ts";
import { type SavedParts, SavedStateError } from "../../model/saving.ts";
import type { Ground } from "../ground.ts";
import type { DaemonOptions } from "../options.ts";
import type { Signals } from "../signals.ts";
import type { StrayErrors } from "../stray_errors.ts";
import type { Continuation } from "./continuation.ts";
import type { DaemonState } from "./daemon_state.ts";
import { NO_SUCCESSOR } from "./refused_upgrade.ts";
import { savedFacts } from "./recent_facts.ts";
import { givenDescriptors, Survival } from "./survival.ts";
import type { Upgrade, UpgradeRequest } from "./upgrade.ts";

/** Signals that the daemon never blocks. */
const NEVER_BLOCKED = signalBits([Signal.TERM, Signal.CHLD]);

/** The part of the control server with its socket; the others are about clients. */
const LISTENER = "listener";
/** Why an upgrade failed, if the new program has returned to this one. */
const NOT_TAKEN_OVER = "the new program could not take over";

/** What the succession is given. */
export interface SuccessionContext {
  readonly options: DaemonOptions;
  readonly log: DaemonLog;
  readonly signals: Signals;
  readonly stray: StrayErrors;
  readonly ground: Ground;
  readonly continuation: Continuation | undefined;
  /** Ends the guard of a program that has not yet continued. */
  readonly unguard: (() => void) | undefined;
  readonly manager: ServiceManager;
  readonly state: DaemonState;
  /**
   * Continues for the clients of the program before; `refusal`: why an upgrade failed. They wait until `resume`.
   * Throws `SavedStateError`.
   */
  restoreServer(parts: SavedParts, refusal: string | undefined): Promise<void>;
  /** The descriptors of the control server that survive. */
  serverDescriptors(): number[];
  /** From now on no client is served. */
  pause(): void;
  /** Resolves when the log is written. */
  flush(): Promise<void>;
  /** Clients are served again. */
  resume(): void;
}

/** The succession of programs. */
export class Succession {
  readonly #context: SuccessionContext;
  #aftermath: typeof import("./aftermath.ts") | undefined;
  #survival: Survival | undefined;
  #upgrade: Upgrade | undefined;
  /** Why no program can take over. */
  #noSuccessor: string = NO_SUCCESSOR;

  constructor(context: SuccessionContext) {
    this.#context = context;
  }

  // ---- Taking over -------------------------------------------------------------------------------------------

  /** Looks at what has happened to the program before, and takes its journal. False: this daemon must not run. */
  async inherit(): Promise<boolean> {
    const { continuation, ground, state } = this.#context;
    if (continuation !== undefined && !await this.#lookBack(continuation)) return false;
    if (ground.inheritance === undefined) return true;
    if (continuation !== undefined) await this.#restoreServer(continuation);
    const { sortDescriptors } = await typed(import("./heirloom.ts"));
    const { inheritance } = ground;
    const own = [inheritance.state, inheritance.record, inheritance.signals];
    const others = [...state.memory.given, ...this.#descriptors(ground.nativeHost)];
    sortDescriptors(openLibrary(), new Set([...own, ...others]));
    return await ground.journal.take(true);
  }

  /** The clients go on, unless a command of theirs may be the cause of too many faults. */
  async #restoreServer({ fault, parts }: Continuation): Promise<void> {
    const { options, state, log, ground, pause, restoreServer } = this.#context;
    const isSuspect = fault !== undefined && this.#aftermath?.mustRecover(state, options.faultLimit);
    const kept = isSuspect ? new Map([...parts].filter(([name]) => name === LISTENER)) : parts;
    pause();
    try {
      await restoreServer(kept, ground.inheritance?.reason === "return" ? NOT_TAKEN_OVER : undefined);
    } catch (error) {
      if (!(error instanceof SavedStateError)) throw error;
      log.message("error", `${error.message}; control connections are closed`);
    }
  }

  async #lookBack(continuation: Continuation): Promise<boolean> {
    const { options, manager, state, log } = this.#context;
    const room = await typed(import("./aftermath.ts"));
    this.#aftermath = room;
    const mustGoOn = options.manager || Deno.pid === 1;
    return room.lookBack({
      continuation,
      state,
      log,
      limit: options.faultLimit,
      now: manager.now(),
      mustGoOn,
    });
  }

  /** From now on signals arrive, and those that have waited are handled. */
  unblock(): void {
    const { ground: { inheritance }, signals } = this.#context;
    if (inheritance === undefined) return;
    new SignalMask(openLibrary()).set(inheritance.blocked & ~NEVER_BLOCKED);
    signals.catchUp();
  }

  /** When the engine has continued: says what has happened, and does what follows from a fault. */
  recover(): void {
    const { continuation, options, manager, state, log, stray } = this.#context;
    const room = this.#aftermath;
    if (room === undefined || continuation === undefined) return;
    room.report(continuation, state, log, options.faultLimit);
    if (continuation.fault === undefined) return;
    if (room.mustRecover(state, options.faultLimit)) room.recover(manager);
    if (options.logFile === undefined) return;
    const { fault, parts } = continuation;
    const facts = {
      fault,
      logFile: options.logFile,
      state,
      now: manager.now(),
      recent: savedFacts(parts),
      log,
    };
    room.reportFault(facts).catch((error) => stray.report(error));
  }

  // ---- Leaving behind ----------------------------------------------------------------------------------------

  /** From now on faults of the program do not end the daemon. */
  survive(): void {
    const { ground, signals, state, log } = this.#context;
    const { journal } = ground.journal;
    if (ground.nativeHost === undefined || journal === undefined) return;
    if (commandLine() === undefined) {
      this.#endsWithServices("info", "it may not read /proc (grant --allow-read)");
      return;
    }
    if (signals.descriptor === undefined) {
      this.#endsWithServices("warn", signals.problem ?? "signals cannot be counted");
      return;
    }
    const library = openLibrary();
    if (ground.inheritance === undefined) state.change({ given: givenDescriptors(library) });
    const warn = (text: string) => log.message("warn", text);
    const blocked = ground.inheritance?.blocked ?? new Processes(library).blockedSignals();
    try {
      this.#survival = new Survival({ library, signals: signals.descriptor, blocked, journal, warn });
      this.#leaveOld(library);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#endsWithServices("warn", error.message);
    }
  }

  #endsWithServices(level: "info" | "warn", reason: string): void {
    this.#noSuccessor = reason;
    this.#context.log.message(level, `A fault of dinit will end its services: ${reason}`);
  }

  /** What the program before has left is not needed any more. */
  #leaveOld(library: ReturnType<typeof openLibrary>): void {
    const { unguard, ground: { inheritance } } = this.#context;
    unguard?.();
    if (inheritance === undefined) return;
    for (const fd of [inheritance.state, inheritance.record]) library.symbols.close(fd);
  }

  /** From now on a program that only uses processor time has a fault, too. */
  watchTime(): void {
    const { hangLimit } = this.#context.options;
    if (hangLimit > 0) this.#survival?.watchTime(hangLimit);
  }

  /** The event loop turns. */
  alive(): void {
    this.#survival?.alive();
  }

  /** A bug has left the memory half changed: the program begins again with the last valid state. */
  fault(error: unknown): void {
    if (this.#survival === undefined) this.#context.ground.state?.abandon();
    else this.#survival.fault(error);
  }

  /** The daemon ends in order. */
  end(): void {
    this.#survival?.end();
  }

  /** Replaces the program. Returns why that was refused. If the program is replaced, it does not return. */
  async upgrade(request: UpgradeRequest): Promise<string | undefined> {
    const { ground, manager, log, pause, flush, resume } = this.#context;
    const survival = this.#survival;
    if (survival === undefined) return this.#noSuccessor;
    const room = await typed(import("./upgrade.ts"));
    this.#upgrade ??= new room.Upgrade({
      library: openLibrary(),
      survival,
      log,
      refusal: () => manager.shuttingDown ? "dinit is shutting down" : undefined,
      pause,
      host: ground.nativeHost,
      flush,
      resume,
      descriptors: () => [...this.#context.state.memory.given, ...this.#descriptors(ground.nativeHost)],
    });
    return await this.#upgrade.run(request);
  }

  #descriptors(host: NativeHost | undefined): number[] {
    return [...host?.descriptors() ?? [], ...this.#context.serverDescriptors()];
  }
}
