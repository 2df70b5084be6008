/**
 * How the owner of a machine ends: the process executes the program that shuts the machine down, or a new daemon
 * (daemon and init 6.3, 6.5, 6.6).
 */

import { errnoOf, errnoText, ShutdownType } from "../model/mod.ts";
import { commandLineArguments, inheritedEntries } from "../inherited/mod.ts";
import type { Machine } from "../system/machine.ts";
import { DAEMON_PROGRAM, SHUTDOWN_PROGRAM } from "./paths.ts";
import type { MessageLog } from "../log/mod.ts";

/** The message and the action for a kind of shutdown. */
interface Ending {
  /** The announcement of the action. */
  readonly will: string;
  /** The option of the shutdown program. */
  readonly option?: string;
}

const BOOT_FAILURE: Ending = { will: "handle boot failure" };
const ENDINGS: ReadonlyMap<ShutdownType, Ending> = new Map([
  [ShutdownType.HALT, { will: "halt", option: "-h" }],
  [ShutdownType.POWEROFF, { will: "power down", option: "-p" }],
  [ShutdownType.REBOOT, { will: "reboot", option: "-r" }],
  [ShutdownType.SOFTREBOOT, { will: "soft-reboot", option: "-s" }],
  [ShutdownType.KEXEC, { will: "kexec", option: "-k" }],
]);

/** The message when no service is active any more. */
export function farewell(type: ShutdownType): string {
  return `No more active services. Will ${(ENDINGS.get(type) ?? BOOT_FAILURE).will}.`;
}

/** What `EndOfLife` is given. */
export interface EndOfLifeContext {
  readonly machine: Pick<Machine, "sync" | "execute">;
  readonly log: MessageLog;
  /** Waits until log lines are written, up to a limit. */
  flush(): Promise<void>;
  /** Stops reaping: from now on other code may wait for children. */
  releaseChildren(): void;
}

/** The end of a daemon that owns a machine. */
export class EndOfLife {
  readonly #context: EndOfLifeContext;

  constructor(context: EndOfLifeContext) {
    this.#context = context;
  }

  /** Ends in the given way. Returns only if that is not possible, which was logged. */
  async end(type: ShutdownType): Promise<void> {
    if (type === ShutdownType.SOFTREBOOT) {
      await this.#softReboot();
      this.#context.log.message("error", "Could not soft-reboot. Will attempt reboot.");
      await this.#context.flush();
      this.#shutDown(ENDINGS.get(ShutdownType.REBOOT)!.option!);
    } else {
      this.#shutDown(ENDINGS.get(type)!.option!);
    }
    await this.#context.flush();
  }

  /** Ends at once, without stopping anything. Returns only if that is not possible, which was logged. */
  endAtOnce(): void {
    this.#shutDown();
    this.#context.machine.sync();
  }

  #shutDown(...options: string[]): void {
    this.#become(SHUTDOWN_PROGRAM, ["--system", ...options]);
  }

  async #softReboot(): Promise<void> {
    this.#context.machine.sync();
    await this.#runShutdown();
    await this.#context.flush();
    this.#become(DAEMON_PROGRAM, commandLineArguments());
  }

  /** Unmounts file systems and does everything else of a shutdown, except for the shutdown itself. */
  async #runShutdown(): Promise<void> {
    const { log } = this.#context;
    this.#context.releaseChildren();
    const args = ["--system", ENDINGS.get(ShutdownType.SOFTREBOOT)!.option!];
    try {
      const { success } = await new Deno.Command(SHUTDOWN_PROGRAM, { args, stdin: "inherit" }).spawn().status;
      if (!success) log.message("error", "Execution of shutdown returned non-zero status");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      log.message("error", `Error executing ${SHUTDOWN_PROGRAM}: ${errnoText(errnoOf(error))}`);
    }
  }

  #become(program: string, args: readonly string[]): void {
    const errno = this.#context.machine.execute(program, [program, ...args], inheritedEntries());
    this.#context.log.message("error", `Error executing ${program}: ${errnoText(errno)}`);
  }
}
