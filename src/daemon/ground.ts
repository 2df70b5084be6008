/**
 * What the daemon stands on before it has an engine: the host, the journal beside the control socket, which proves that
 * no other daemon has the socket, and the state from which the daemon continues.
 */

import { environmentVariable } from "../inherited/mod.ts";
import type { Inheritance } from "../inherited/inheritance.ts";
import type { ServiceManager } from "../engine/mod.ts";
import {
  type DaemonHost,
  type DescriptorStream,
  type HostMaker,
  type NativeHost,
  nativeHost,
  SystemCallError,
} from "../host/mod.ts";
import type { MessageLog } from "../log/mod.ts";
import { NO_STATE_STORE, SavedStateError, type StateStore } from "../model/saving.ts";
import { typed } from "../model/mod.ts";
import { hostForDaemon, type ProcessFollower } from "./host_for_daemon.ts";
import { JournalKeeper } from "./journal_keeper.ts";
import type { DaemonOptions } from "./options.ts";
import { absolutePath, type PathContext, socketPath } from "./paths.ts";
import type { Continuation } from "./surviving/continuation.ts";
import type { StateJournal } from "./surviving/state_journal.ts";

/** What is built on the ground. */
export interface Built {
  readonly manager: ServiceManager;
  /** Those who start processes besides the engine. */
  readonly followers: readonly ProcessFollower[];
  /** Serves the control connection of a process. */
  serveControl(stream: DescriptorStream): void;
}

/** What lets a daemon outlive its program. */
export type Surviving = typeof import("./surviving/mod.ts");

/** What the ground is made from. */
export interface GroundContext {
  readonly makeHost: HostMaker;
  /** Loaded for the native host, and for an heir. */
  readonly surviving: Surviving | undefined;
  readonly options: DaemonOptions;
  readonly log: MessageLog;
  /** What this program takes over in the same process. */
  readonly inheritance: Inheritance | undefined;
}

/** The ground of a daemon. */
export class Ground {
  readonly host: DaemonHost;
  readonly paths: PathContext;
  readonly socketPath: string;
  readonly journal: JournalKeeper;
  readonly surviving: Surviving | undefined;
  /** The state of all rooms. Only the native host can continue from it. */
  readonly state: StateJournal | undefined;
  readonly inheritance: Inheritance | undefined;
  readonly #options: DaemonOptions;
  readonly #log: MessageLog;
  #built: Built | undefined;

  constructor({ makeHost, surviving, options, log, inheritance }: GroundContext) {
    this.#options = options;
    this.#log = log;
    this.inheritance = inheritance;
    this.surviving = surviving;
    this.state = surviving && new surviving.StateJournal();
    this.host = hostForDaemon(makeHost, options, {
      manager: () => this.#built!.manager,
      followers: () => this.#built!.followers,
      notifyFolder: () => `${absolutePath(this.socketPath)}.notify`,
      record: () => this.journal.record,
      serveControl: (stream) => this.#built!.serveControl(stream),
      store: this.state,
      blocked: inheritance?.blocked,
      warn: (text) => log.message("warn", text),
    });
    const { users, bootClock: clock } = this.host;
    this.paths = {
      env: environmentVariable,
      passwdHome: () => users.userById(Deno.uid() ?? 0)?.home,
    };
    this.socketPath = socketPath(options, this.paths);
    this.journal = new JournalKeeper({ socketPath: this.socketPath, clock, log });
  }

  /** The native host, which alone can take processes over. */
  get nativeHost(): NativeHost | undefined {
    return nativeHost(this.host);
  }

  /** Where the rooms save their state. */
  get store(): StateStore {
    return this.nativeHost === undefined || this.state === undefined ? NO_STATE_STORE : this.state;
  }

  /**
   * Takes the journal, and finds the state from which the daemon continues. "failed": another daemon lives, which was
   * logged.
   */
  async take(): Promise<Continuation | "failed" | undefined> {
    const { inheritance } = this;
    // The heir takes the journal when it has closed the descriptors of the program before, which have it locked.
    if (inheritance !== undefined) return await this.#read((room) => room.inheritedState(inheritance));
    if (!await this.journal.take(false) && !this.#options.system) return "failed";
    const { left } = this.journal;
    if (this.#options.afterCrash === "end" || this.nativeHost === undefined) return undefined;
    if (left === undefined || left.text === "") return undefined;
    return await this.#read((room) => room.leftState(left, this.host.bootClock.bootId()));
  }

  /** Takes processes and state over. Throws `SavedStateError`, and has changed nothing then. */
  async takeOver({ way, parts, step, journal }: Continuation): Promise<void> {
    const host = this.nativeHost;
    if (host === undefined) return;
    const sameProcess = way !== "adopt";
    await host.restore(parts, sameProcess ? "same-process" : "adopt", journal.entries);
    this.state?.continueFrom(parts, step);
    // A step that was not complete has left processes that no service knows.
    const unknown = journal.entries.filter(({ pid }) =>
      pid === undefined ? !sameProcess : !host.knowsProcess(pid)
    );
    if (unknown.length > 0) await this.journal.end(journal, unknown);
  }

  /** From now on the host reports to these. It must do nothing before. */
  carry(built: Built): void {
    this.#built = built;
  }

  async #read(
    read: (room: typeof import("./surviving/continuation.ts")) => Continuation | undefined,
  ): Promise<Continuation | undefined> {
    const room = await typed(import("./surviving/continuation.ts"));
    try {
      return read(room);
    } catch (error) {
      if (!(error instanceof SavedStateError || error instanceof SystemCallError)) throw error;
      await this.refuse(error);
      return undefined;
    }
  }

  /** Reports a state that cannot be used. If the program before is still there, it continues, and this does not return. */
  async refuse(error: Error): Promise<void> {
    if (this.inheritance?.program !== undefined) {
      this.#log.message("error", `${error.message}; the program before continues`);
      const { goBack } = await typed(import("./surviving/heirloom.ts"));
      goBack(this.inheritance);
    }
    this.#log.message("error", `${error.message}; the processes that it names are ended`);
  }
}
