/** Launches: what the host does before the queue gets one, and when it is over. */

import type { LaunchPlan } from "../../engine/mod.ts";
import type { BootTime, Files, Logins } from "../../system/mod.ts";
import type { StateStore } from "../../model/saving.ts";
import type { HostReports } from "../native_options.ts";
import type { OutputPipes } from "../output/output_pipes.ts";
import type { OrphanEnds } from "../processes/orphan_ends.ts";
import type { ProcessEnds } from "../processes/process_ends.ts";
import type { LaunchNumber, ProcessRecord } from "../processes/process_record.ts";
import type { ProcessTable, TrackedProcess } from "../processes/process_table.ts";
import type { ServiceSignals } from "../processes/service_signals.ts";
import { PreparationError } from "./launch_errors.ts";
import type { LaunchFollower } from "./launch_follower.ts";
import type { HeldSignal } from "./flight.ts";
import type { LaunchOutcome, LaunchQueue } from "./launch_queue.ts";
import type { Launched } from "./native_launch.ts";

/** What launching is given by its host. */
export interface LaunchingContext {
  readonly files: Files;
  readonly clock: BootTime;
  readonly queue: LaunchQueue;
  readonly pipes: OutputPipes;
  readonly logins: Logins;
  readonly table: ProcessTable;
  readonly record: ProcessRecord;
  readonly store: StateStore;
  readonly reports: HostReports;
  readonly follower: LaunchFollower;
  readonly ends: ProcessEnds;
  readonly orphanEnds: OrphanEnds;
  readonly signals: ServiceSignals;
  /** See `NativeHostOptions`. */
  readonly serveControl: ((connection: number) => void) | undefined;
}

/** Launches processes, and enters those that exist. */
export class Launching {
  readonly #context: LaunchingContext;

  constructor(context: LaunchingContext) {
    this.#context = context;
  }

  /** Requests a process; `over` follows. `prepared`: see `LaunchQueue.launch`. */
  launch(plan: LaunchPlan, prepared?: Promise<LaunchPlan>): void {
    const { pipes, queue } = this.#context;
    if (plan.role === "main" && plan.output.to !== "pipe") pipes.producerGone(plan.name, false);
    queue.launch(plan, prepared);
  }

  /** A launch is over. */
  over(plan: LaunchPlan, outcome: LaunchOutcome, signals: readonly HeldSignal[]): void {
    const { ends } = this.#context;
    if ("error" in outcome) this.#failed(plan, outcome.error);
    else this.#made(plan, outcome, signals);
    ends.launchOver();
  }

  #failed({ id, role }: LaunchPlan, error: Extract<LaunchOutcome, { error: unknown }>["error"]): void {
    const refusal = error instanceof PreparationError ? [error.refusal()] : [];
    this.#context.reports.execFailed(id, role, error.stage, error.errno, ...refusal);
  }

  #made(
    plan: LaunchPlan,
    { launch, launched, order }: Extract<LaunchOutcome, { order: number }>,
    held: readonly HeldSignal[],
  ): void {
    const { store, reports, follower, ends, orphanEnds, signals } = this.#context;
    const { pid } = launched;
    const exit = orphanEnds.claim(pid, order);
    const isExecuted = launched.chain === undefined;
    const process = store.step(() => {
      reports.launched(plan.id, plan.role, pid);
      const process = this.#enter(plan, launch, launched);
      // One step costs half as much as two.
      if (isExecuted && held.length === 0) follower.executed(process);
      return process;
    });
    this.#serve(plan, launched);
    for (const signal of held) signals.sendTo(process, signal);
    if (isExecuted && held.length > 0) follower.executed(process);
    if (exit !== undefined) ends.report(process, exit);
  }

  /** Enters a new process. */
  #enter({ id, role, inittab: login }: LaunchPlan, launch: LaunchNumber, launched: Launched): TrackedProcess {
    const { table, record, store, follower, clock } = this.#context;
    const { pid } = launched;
    const process: TrackedProcess = {
      id,
      role,
      pid,
      tie: "child",
      seen: clock.now().latest,
      login,
      watch: undefined,
      pending: true,
      silent: false,
    };
    store.step(() => {
      table.add(process);
      record.started(launch, pid);
      follower.follow(process, launched);
    });
    return process;
  }

  #serve({ inittab: login }: LaunchPlan, { pid, control }: Launched): void {
    const { files, logins, serveControl } = this.#context;
    if (login !== undefined) logins.started(login, pid, Date.now());
    if (control === undefined) return;
    if (serveControl === undefined) files.close(control);
    else serveControl(control);
  }
}
