/**
 * The additional tasks of the daemon when it owns the machine, as its process 1 or with `--system-mgr`. Loaded only
 * then.
 */

import { ShutdownType } from "../model/mod.ts";
import type { ServiceManager } from "../engine/mod.ts";
import { HostUnavailableError, LibcUnavailableError } from "../host/mod.ts";
import { Machine } from "../system/machine.ts";
import type { LineSink, MessageLog } from "../log/mod.ts";
import { BootFailure } from "./boot_failure.ts";
import { EndOfLife, farewell } from "./end_of_life.ts";

const CONSOLE = "/dev/console";

/** What the daemon gives the owner. */
export interface OwnerContext {
  readonly manager: ServiceManager;
  readonly log: MessageLog;
  /** Start the service `recovery` if the boot has failed. */
  readonly autoRecovery: boolean;
  /** Writes on the console at any log level. */
  print(text: string): Promise<void>;
  /** Waits until log lines are written, up to a limit. */
  flush(): Promise<void>;
  /** Closes the control socket. */
  closeSocket(): void;
  /** Opens the control socket again. */
  openSocket(): Promise<void>;
  /** Waits until clients have their replies, up to a limit. */
  replied(): Promise<void>;
  /** Stops reaping: from now on other code may wait for children. */
  releaseChildren(): void;
}

/** The machine that the daemon owns. */
export class MachineOwner {
  /** The machine's console, or standard output if there is none. */
  readonly console: LineSink;
  readonly #machine: Machine;

  private constructor(machine: Machine, console: LineSink) {
    this.#machine = machine;
    this.console = console;
  }

  /** Takes over the machine: opens its console on the standard streams. Throws `HostUnavailableError`. */
  static take(): MachineOwner {
    const machine = openMachine();
    machine.openConsole();
    return new MachineOwner(machine, openConsole() ?? Deno.stdout);
  }

  /** Keeps the kernel's messages off the console, and turns the keys for a restart into a signal. */
  quietKernel(): void {
    this.#machine.quietKernel();
  }

  /** The duties of the owner. */
  duties(context: OwnerContext): OwnerDuties {
    return new OwnerDuties(this.#machine, context);
  }
}

/** The duties of a daemon that owns a machine. */
export class OwnerDuties {
  readonly #context: OwnerContext;
  readonly #bootFailure: BootFailure;
  readonly #end: EndOfLife;

  constructor(machine: Machine, context: OwnerContext) {
    this.#context = context;
    this.#bootFailure = new BootFailure({ ...context, machine });
    this.#end = new EndOfLife({ ...context, machine });
  }

  /** No service is active any more. Returns if the daemon must continue. */
  async allStopped(): Promise<void> {
    const { manager, log, flush, closeSocket, openSocket, replied } = this.#context;
    log.message("info", farewell(manager.shutdownType));
    closeSocket();
    await Promise.all([flush(), replied()]);
    if (!manager.shuttingDown && manager.activeCount === 0) await this.#bootFailure.handle();
    if (manager.activeCount === 0 && isFinal(manager.shutdownType)) {
      await flush();
      await this.#end.end(manager.shutdownType);
      await new Promise(() => {}); // it failed, and process 1 must never end
    }
    await openSocket();
  }

  /** A shutdown was requested while no service was active. */
  shutdownOrdered(): void {
    this.#bootFailure.shutdownOrdered();
  }

  /** SIGQUIT: ends at once. */
  quit(): void {
    this.#context.closeSocket();
    this.#end.endAtOnce();
  }
}

function isFinal(type: ShutdownType): boolean {
  return type !== ShutdownType.NONE && type !== ShutdownType.REMAIN;
}

function openMachine(): Machine {
  try {
    return Machine.open();
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    throw new HostUnavailableError(`Cannot manage a machine: ${error.message}`, { cause: error });
  }
}

/** Opens the console again: the runtime's own streams are copies of the original standard ones. */
function openConsole(): LineSink | undefined {
  try {
    return Deno.openSync(CONSOLE, { write: true });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
