import { type LaunchFailure, LaunchStage, Signal } from "../../model/mod.ts";
import type { StateStore } from "../../model/saving.ts";
import { type Files, type Poller, type Processes, SystemCallError } from "../../system/mod.ts";
import type { HostReports } from "../native_options.ts";
import { isExiting } from "../processes/exiting.ts";
import type { ProcessTable, TrackedProcess } from "../processes/process_table.ts";
import { LaunchWatch, type WatchedLaunch } from "./launch_watch.ts";
import type { Launched } from "./native_launch.ts";

/** What the follower is given by its host. */
export interface LaunchFollowerContext {
  readonly files: Files;
  readonly poller: Poller;
  readonly processes: Processes;
  readonly table: ProcessTable;
  readonly reports: HostReports;
  readonly store: StateStore;
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
    this.#attend(process, (watch) => {
      if (readiness !== undefined) watch.followReadiness(readiness);
      if (chain !== undefined) watch.followChain(chain.fd, chain.links);
    });
  }

  /** Continues to follow a process of an earlier program. */
  resume(process: TrackedProcess, launch: WatchedLaunch): void {
    if (process.pending && launch.chain === undefined) this.executed(process);
    if (launch.chain === undefined && launch.readiness === undefined && !launch.closing) return;
    this.#context.store.step(() => this.#attend(process, (watch) => watch.resume(launch)));
  }

  /** The process runs its program. */
  executed(process: TrackedProcess): void {
    const { reports, store, table } = this.#context;
    store.step(() => {
      process.pending = false;
      table.changed(process);
      reports.execSucceeded(process.id, process.role);
    });
  }

  /** Only within a step: the document of the process is complete when `begin` has returned. */
  #attend(process: TrackedProcess, begin: (watch: LaunchWatch) => void): void {
    const watch = this.#watch(process);
    process.watch = watch;
    this.#context.table.changed(process);
    try {
      begin(watch);
    } catch (error) {
      // The process cannot be supervised. It must end, and its descriptors are closed with it.
      if (!(error instanceof SystemCallError)) throw error;
      const { errno } = error;
      queueMicrotask(() => this.#failed(process, { stage: LaunchStage.ARRANGE_FDS, errno }));
    }
  }

  #watch(process: TrackedProcess): LaunchWatch {
    const { files, poller, processes, reports, store, table, endPatience } = this.#context;
    const { id, pid } = process;
    const events = {
      changed: () => table.changed(process),
      step: (work: () => void) => store.step(work),
      executed: () => this.executed(process),
      failed: (failure: LaunchFailure) => this.#failed(process, failure),
      ready: () => reports.ready(id),
      readinessClosed: () => reports.readinessClosed(id),
    };
    const isEnding = () => processes.look(pid).kind === "ended" || isExiting(files, pid);
    return new LaunchWatch(files, poller, events, { isEnding, endPatience });
  }

  /** The process must not run without supervision, or could not execute its command. */
  #failed(process: TrackedProcess, { stage, errno }: LaunchFailure): void {
    const { processes, table, reports, store } = this.#context;
    processes.kill(process.pid, Signal.KILL); // a tool may report an error and continue nevertheless
    store.step(() => {
      process.silent = true;
      table.dismiss(process);
      process.watch?.close();
      reports.execFailed(process.id, process.role, stage, errno);
    });
  }
}
