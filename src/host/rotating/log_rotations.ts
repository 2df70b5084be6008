/** Log files with limits. A daemon loads this when the first service has one. */

import type { ServiceDescription } from "../../model/mod.ts";
import { type Library, SystemCallError } from "../../system/mod.ts";
import { GrowthWatch } from "../../system/rotating.ts";
import { logLimits } from "./log_limits.ts";
import { type RotationOutcome, RotationProgram, type RotationProgramContext } from "./rotation_program.ts";
import { WatchedLog } from "./watched_log.ts";

/** What `LogRotations` is given. */
export interface LogRotationsContext extends RotationProgramContext {
  readonly library: Library;
  /** Writes a warning to the daemon's log. */
  warn(text: string): void;
}

/** Watches the log files of services, and rotates them in place when they reach their limits. */
export class LogRotations {
  readonly #context: LogRotationsContext;
  readonly #program: RotationProgram;
  readonly #logs = new Map<number, WatchedLog>();
  /** The logs that are armed, by the number of their watch. */
  readonly #armed = new Map<number, Set<WatchedLog>>();
  #growth: GrowthWatch | undefined;

  constructor(context: LogRotationsContext) {
    this.#context = context;
    this.#program = new RotationProgram(context);
  }

  /** A service was loaded or reloaded. False: it has no log file with limits. */
  described(id: number, name: string, description: ServiceDescription): boolean {
    const limits = logLimits(description);
    const known = this.#logs.get(id);
    if (limits === undefined) {
      this.unloaded(id);
      return false;
    }
    if (known !== undefined) known.change(limits);
    else this.#add(id, name, limits);
    return true;
  }

  /** A process of a service has been started. */
  started(id: number): void {
    this.#logs.get(id)?.started();
  }

  /** A service was unloaded. */
  unloaded(id: number): void {
    const log = this.#logs.get(id);
    if (log === undefined) return;
    log.end();
    this.#logs.delete(id);
    for (const logs of this.#armed.values()) logs.delete(log);
  }

  /** Rotates the log of a service now; `undefined`: it has none with limits. */
  rotate(id: number): Promise<RotationOutcome> | undefined {
    return this.#logs.get(id)?.rotate();
  }

  /** Ends all watches and rotations. */
  close(): void {
    for (const id of [...this.#logs.keys()]) this.unloaded(id);
    this.#growth?.close();
    this.#program.close();
  }

  #add(id: number, name: string, limits: NonNullable<ReturnType<typeof logLimits>>): void {
    const log = new WatchedLog(limits, {
      rotate: (current, always) => this.#program.rotate(current, always),
      arm: (armed) => this.#arm(armed),
      report: (problem) =>
        this.#context.warn(`Service ${name}: ${problem ?? `${log.path} is rotated again`}`),
      now: Date.now,
    });
    this.#logs.set(id, log);
    log.look();
  }

  #arm(log: WatchedLog): boolean {
    const { library, poller } = this.#context;
    try {
      this.#growth ??= new GrowthWatch(library, poller, { written: (watch) => this.#written(watch) });
      const watch = this.#growth.watch(log.path);
      const others = this.#armed.get(watch);
      if (others === undefined) this.#armed.set(watch, new Set([log]));
      else others.add(log);
      return true;
    } catch (error) {
      if (error instanceof SystemCallError) return false; // too many watches, or the file is gone
      throw error;
    }
  }

  #written(watch: number): void {
    const logs = this.#armed.get(watch) ?? [];
    this.#armed.delete(watch);
    for (const log of logs) log.written();
  }
}
