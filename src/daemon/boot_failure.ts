/**
 * No service is active, and nobody asked for a shutdown: the owner of a machine asks the person at the console what to
 * do (daemon and init 6.4).
 */

import { LoadError, ShutdownType } from "../model/mod.ts";
import type { ServiceManager } from "../engine/mod.ts";
import type { Key, Machine } from "../system/machine.ts";
import type { MessageLog } from "../log/mod.ts";

const FAILURE = "All services have stopped with no shutdown issued; boot failure?\n";
const CHOICE = "Choose: (r)eboot, r(e)covery, re(s)tart boot sequence, (p)ower off? ";
const NOT_STARTED = "Unable to start recovery service";
const BOOT = "boot";
const RECOVERY = "recovery";

/** What `BootFailure` is given. */
export interface BootFailureContext {
  readonly machine: Pick<Machine, "sync" | "hasTerminal" | "awaitKey">;
  readonly manager: ServiceManager;
  readonly log: MessageLog;
  /** Start the service `recovery` without asking. */
  readonly autoRecovery: boolean;
  /** Writes on the console at any log level. */
  print(text: string): Promise<void>;
}

/** The result for the machine. */
type Decision = "decided" | "recovery" | "restart";

/** Asks, and carries out the answer. */
export class BootFailure {
  readonly #context: BootFailureContext;
  #cancel: (() => void) | undefined;

  constructor(context: BootFailureContext) {
    this.#context = context;
  }

  /** Returns when a service is active again or the kind of shutdown is known. */
  async handle(): Promise<void> {
    const { machine, manager, log, autoRecovery } = this.#context;
    machine.sync();
    if (autoRecovery) {
      const problem = this.#start(RECOVERY);
      if (manager.activeCount > 0) return; // it has the console to itself
      if (problem !== undefined) log.message("error", `${NOT_STARTED}: ${problem}`);
    }
    await this.#context.print(FAILURE);
    if (!machine.hasTerminal()) {
      await this.#context.print("Halting.\n");
      if (!manager.shuttingDown) manager.shutdown(ShutdownType.HALT);
      return;
    }
    const decision = await this.#ask();
    if (decision === "decided" || manager.shuttingDown || manager.activeCount > 0) return;
    if (this.#start(BOOT) === undefined) return;
    log.message("error", `Could not start '${BOOT}' service. Will attempt reboot.`);
    manager.shutdown(ShutdownType.REBOOT);
  }

  /** A shutdown was requested in another way, so there is nothing left to choose. */
  shutdownOrdered(): void {
    this.#cancel?.();
  }

  async #ask(): Promise<Decision> {
    for (;;) {
      const key = await this.#key();
      if (key === "cancelled") return "decided";
      if (key === undefined) return "restart";
      await this.#context.print("\n");
      const decision = await this.#decide(String.fromCharCode(key).toLowerCase());
      if (decision !== undefined) return decision;
    }
  }

  async #key(): Promise<Key> {
    if (this.#context.manager.shuttingDown) return "cancelled";
    // Earlier input is discarded; input after the question appears must not be.
    const { key, cancel } = this.#context.machine.awaitKey();
    this.#cancel = cancel;
    try {
      await this.#context.print(CHOICE);
      return await key;
    } finally {
      this.#cancel = undefined;
    }
  }

  async #decide(key: string): Promise<Decision | undefined> {
    const { manager } = this.#context;
    if (manager.shuttingDown) return "decided";
    switch (key) {
      case "r":
        manager.shutdown(ShutdownType.REBOOT);
        return "decided";
      case "p":
        manager.shutdown(ShutdownType.POWEROFF);
        return "decided";
      case "s":
        return "restart";
      case "e":
        if (this.#start(RECOVERY) === undefined) return "recovery";
        await this.#context.print(`${NOT_STARTED}.\n`);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Starts a service. Returns the reason of a failure, as a sentence without a full stop. */
  #start(name: string): string | undefined {
    const { manager } = this.#context;
    try {
      manager.start(manager.load(name));
      return undefined;
    } catch (error) {
      if (error instanceof LoadError) return error.message;
      throw error;
    }
  }
}
