import { type LaunchFailure, LaunchStage, Signal } from "../../model/mod.ts";
import { type Files, type Poller, type Processes, SystemCallError } from "../../system/mod.ts";
import type { HostReports } from "../native_options.ts";
import { isExiting } from "../processes/exiting.ts";
import type { ProcessTable, TrackedProcess } from "../processes/process_table.ts";
import { LaunchWatch } from "./launch_watch.ts";
import type { Launched } from "./native_launch.ts";

/** What the follower is given by its host. */
export interface LaunchFollowerContext {
  readonly files: Files;
  readonly poller: Poller;
  readonly processes: Processes;
  readonly table: ProcessTable;
  readonly reports: HostReports;
  /** See `NativeHostOptions`, in milliseconds. */
  readonly endPatience: number;
}

/** Follows processes until their commands are executed and they are ready, and reports how that went. */
export class LaunchFollower {
  readonly #context: LaunchFollowerContext;

  constructor(context: LaunchFollowerContext) {
    this.#context = context;
  }

  /** Follows a process that has just been launched. What the launch has opened is closed when it is over. */
  follow(process: TrackedProcess, { chain, readiness }: Launched): void {
    if (chain === undefined && readiness === undefined) return;
    const watch = this.#watch(process);
    process.watch = watch;
    try {
      if (readiness !== undefined) watch.followReadiness(readiness);
      if (chain !== undefined) watch.followChain(chain.fd, chain.links);
    } catch (error) {
      // The process cannot be supervised as it must be. It ends, and its descriptors are closed with it.
      if (!(error instanceof SystemCallError)) throw error;
      const { errno } = error;
      queueMicrotask(() => this.#failed(process, { stage: LaunchStage.ARRANGE_FDS, errno }));
    }
  }

  #watch(process: TrackedProcess): LaunchWatch {
    const { files, poller, processes, reports, endPatience } = this.#context;
    const { id, role, pid } = process;
    const events = {
      executed: () => reports.execSucceeded(id, role),
      failed: (failure: LaunchFailure) => this.#failed(process, failure),
      ready: () => reports.ready(id),
      readinessClosed: () => reports.readinessClosed(id),
    };
    const isEnding = () => processes.look(pid).kind === "ended" || isExiting(files, pid);
    return new LaunchWatch(files, poller, events, { isEnding, endPatience });
  }

  /** The process must not run without supervision, or could not execute its command. */
  #failed(process: TrackedProcess, { stage, errno }: LaunchFailure): void {
    const { processes, table, reports } = this.#context;
    process.silent = true;
    table.dismiss(process);
    processes.kill(process.pid, Signal.KILL); // a tool may report an error and continue nevertheless
    process.watch?.close();
    reports.execFailed(process.id, process.role, stage, errno);
  }
}
