/** Checks by a command (`health-command`). Its process has its own role beside the command of the service. */

import { HEALTH_CHECK, type LaunchPlan, type LaunchRefusal, type SignalOutcome } from "../engine/mod.ts";
import { errnoText, type ExitStatus, isClean, Signal } from "../model/mod.ts";
import type { Check, Outcome } from "./check.ts";

/** Launches and kills the processes of checks. */
export interface CheckLauncher {
  /** The plan for a process of a service with this command; `undefined`: the service is gone. */
  plan(id: number, command: readonly string[]): LaunchPlan | undefined;
  launch(plan: LaunchPlan): { readonly pid: number | undefined } | LaunchRefusal;
  signal(id: number, role: string, signal: number, group: boolean): SignalOutcome;
}

/** The checks by commands of all services. */
export class CommandChecks {
  readonly #launcher: CheckLauncher;
  /** What waits for the ends of the processes, by the id of the service. */
  readonly #running = new Map<number, (outcome: Outcome) => void>();
  /** The processes that an earlier program has launched and that have not ended, by the id of the service. */
  readonly #left = new Map<number, PromiseWithResolvers<void>>();

  constructor(launcher: CheckLauncher) {
    this.#launcher = launcher;
  }

  /** The check of a service by a command. */
  check(id: number, command: readonly string[]): Check {
    return { what: command[0], run: (signal) => this.#run(id, command, signal) };
  }

  async #run(id: number, command: readonly string[], signal: AbortSignal): Promise<Outcome> {
    await this.#left.get(id)?.promise;
    const plan = this.#launcher.plan(id, command);
    if (plan === undefined || signal.aborted) return { healthy: false, how: "the service is gone" };
    // A process that was killed may take its time, and a second one must not run beside it.
    if (this.#running.has(id)) return { healthy: false, how: "the last check has not ended yet" };
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#running.set(id, resolve);
    const result = this.#launcher.launch(plan);
    if ("error" in result) this.#end(id, { healthy: false, how: `cannot be executed: ${result.error}` });
    const kill = () => void this.#kill(id);
    signal.addEventListener("abort", kill, { once: true });
    const outcome = await promise;
    signal.removeEventListener("abort", kill);
    return outcome;
  }

  /** Kills the process that an earlier program has launched, if there is one: that program waited for the result. */
  killLeft(id: number): void {
    if (this.#kill(id) === "sent" && !this.#left.has(id)) this.#left.set(id, Promise.withResolvers());
  }

  /** Kills the process of a check with its whole group. */
  #kill(id: number): SignalOutcome {
    return this.#launcher.signal(id, HEALTH_CHECK, Signal.KILL, true);
  }

  /** A process of a check exists. One that nobody waits for is left of an earlier program. */
  launched(id: number): void {
    if (!this.#running.has(id)) this.killLeft(id);
  }

  /** The command could not be executed. */
  failed(id: number, errno: number, refusal: LaunchRefusal | undefined): void {
    this.#end(id, { healthy: false, how: `cannot be executed: ${refusal?.error ?? errnoText(errno)}` });
  }

  /** The process has ended. */
  exited(id: number, exit: ExitStatus): void {
    this.#end(id, { healthy: isClean(exit), how: endText(exit) });
  }

  #end(id: number, outcome: Outcome): void {
    const left = this.#left.get(id);
    if (left !== undefined) {
      this.#left.delete(id);
      return left.resolve();
    }
    const resolve = this.#running.get(id);
    this.#running.delete(id);
    resolve?.(outcome);
  }
}

function endText(exit: ExitStatus): string {
  if (exit.kind === "exited") return `status ${exit.code}`;
  return exit.kind === "killed" ? `ended by signal ${exit.signal}` : "ended with an unknown status";
}
