/**
 * The host that supports every setting: `posix_spawn`, `waitpid` and `epoll` of the C library. It is the only
 * reaper of the daemon: it reaps every child and every orphan that the daemon adopts. `docs/hosts.md`
 * explains how it works.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type ExitStatus,
  type ServiceDescription,
  Signal,
} from "../model/mod.ts";
import type { FileAccess } from "../description/mod.ts";
import type {
  LaunchPlan,
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ProcessRole,
  ServiceRecord,
  SignalOutcome,
} from "../engine/mod.ts";
import { adoptFromPidFile } from "./processes/adoption.ts";
import { ActivationSockets } from "./resources/activation_sockets.ts";
import { type OwnCgroup, ownCgroup } from "./resources/cgroups.ts";
import { DescriptorStream } from "../system/mod.ts";
import { PreparationError } from "./launch/launch_errors.ts";
import { LaunchFollower } from "./launch/launch_follower.ts";
import { type HeldSignal, LAUNCH_WIDTH, type LaunchOutcome, LaunchQueue } from "./launch/launch_queue.ts";
import { LaunchSlots, sizeOfSlots } from "./launch/launch_slots.ts";
import {
  Accounts,
  BootTime,
  Files,
  LaunchThreads,
  type Library,
  Logins,
  Memory,
  Poller,
  Processes,
  Sockets,
  Spawner,
  Terminal,
  WholeFiles,
} from "../system/mod.ts";
import { LogCollector } from "./output/log_collector.ts";
import type { Launched } from "./launch/native_launch.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { nativeRequirements } from "./launch/native_requirements.ts";
import { NullDevice } from "./launch/null_device.ts";
import { OpenFileLimit } from "./launch/open_file_limit.ts";
import { OrphanEnds } from "./processes/orphan_ends.ts";
import { OutputPipes } from "./output/output_pipes.ts";
import type { LaunchNumber, ProcessRecord } from "./processes/process_record.ts";
import { ProcessTable, type TrackedProcess } from "./processes/process_table.ts";
import { Reaper } from "./processes/reaper.ts";
import { isSignalNumber, sendSignal } from "./processes/signalling.ts";
import { StartedWith } from "./launch/started_with.ts";
import { Tools } from "./launch/tools.ts";

/** Signals that the daemon and its processes ignore (lifecycle 8.5, step 18). */
const IGNORED = [Signal.PIPE, Signal.TSTP, Signal.TTIN, Signal.TTOU];
/** Signals that processes never block, even if the daemon does. */
const NEVER_BLOCKED = [Signal.TERM, Signal.CHLD];
const { TERM, KILL } = Signal;
const STDIN = 0;
const EVERYTHING = -1;
/** See `NativeHostOptions`, in milliseconds. */
const END_PATIENCE = 100;

/** Starts processes with `posix_spawn`. */
export class NativeHost implements ProcessHost {
  readonly kind = "native";
  readonly #reports: HostReports;
  readonly #record: ProcessRecord;
  readonly #options: NativeHostOptions;
  readonly users: Accounts;
  readonly files: FileAccess;
  readonly bootClock: BootTime;
  readonly #files: Files;
  readonly #openFiles: OpenFileLimit;
  readonly #poller: Poller;
  readonly #processes: Processes;
  readonly #terminal: Terminal;
  readonly #logins: Logins;
  readonly #tools: Tools;
  readonly #logs: LogCollector;
  readonly #pipes: OutputPipes;
  readonly #activation: ActivationSockets;
  readonly #nothing: NullDevice;
  readonly #threads: LaunchThreads;
  readonly #queue: LaunchQueue;
  readonly #follower: LaunchFollower;
  readonly #table = new ProcessTable();
  readonly #orphanEnds: OrphanEnds;
  readonly #reaper: Reaper;
  readonly #ownIds = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };

  constructor(
    library: Library,
    reports: HostReports,
    record: ProcessRecord,
    options: NativeHostOptions = {},
  ) {
    this.#reports = reports;
    this.#record = record;
    this.#options = options;
    this.users = new Accounts(library);
    this.#files = new Files(library);
    this.files = new WholeFiles(library, this.#files);
    this.bootClock = new BootTime(library, this.#files);
    this.#openFiles = new OpenFileLimit(library, this.files);
    this.#poller = new Poller(library);
    this.#processes = new Processes(library);
    this.#terminal = new Terminal(library);
    this.#logins = new Logins(library, options.loginFile);
    this.#tools = new Tools(this.#files, options.toolFolders);
    this.#logs = new LogCollector(this.#files, this.#poller, (text) => options.warn?.(text));
    this.#pipes = new OutputPipes(this.#files);
    const sockets = new Sockets(library);
    this.#activation = new ActivationSockets(this.#files, sockets);
    this.#nothing = new NullDevice(this.#files);
    this.#threads = new LaunchThreads(library, this.#poller, LAUNCH_WIDTH);
    this.#queue = new LaunchQueue({
      record,
      spawner: new Spawner(library, signalBits(IGNORED)),
      threads: this.#threads,
      slots: new LaunchSlots(Memory.reserve(library, sizeOfSlots(LAUNCH_WIDTH + 1))), // one for a launch that is made at once
      openFiles: this.#openFiles,
      launches: options.launches ?? "adaptive",
      over: (plan, outcome, signals) => this.#over(plan, outcome, signals),
      launch: {
        files: this.#files,
        sockets,
        terminal: this.#terminal,
        tools: this.#tools,
        logs: this.#logs,
        pipes: this.#pipes,
        activation: this.#activation,
        nothing: this.#nothing,
        access: this.files,
        startedWith: new StartedWith(this.#files, this.files),
        ownIds: this.#ownIds,
        cgroup: options.cgroup === undefined ? this.#ownCgroup() : { path: options.cgroup },
        blocked: this.#processes.blockedSignals() & ~signalBits(NEVER_BLOCKED),
        niceness: () => this.#processes.niceness(),
      },
    });
    this.#orphanEnds = new OrphanEnds(this.#queue);
    this.#reaper = new Reaper(this.#processes, (pid, exit) => this.#childEnded(pid, exit));
    this.#follower = new LaunchFollower({
      files: this.#files,
      poller: this.#poller,
      processes: this.#processes,
      table: this.#table,
      reports,
      endPatience: options.endPatience ?? END_PATIENCE,
    });
  }

  #ownCgroup(): OwnCgroup {
    const own = ownCgroup(this.#files);
    if ("problem" in own && own.problem !== undefined) this.#options.warn?.(own.problem);
    return own;
  }

  /**
   * Begins to reap, and to adopt orphans. From now on the daemon must not start processes in any other way:
   * this host would reap them.
   */
  begin(): void {
    this.#processes.keepDescriptors();
    this.#openFiles.raise();
    for (const signal of IGNORED) this.#processes.ignore(signal);
    this.#processes.unblock(signalBits(NEVER_BLOCKED)); // with CHLD blocked, nothing would be reaped
    this.#processes.becomeSubreaper();
    this.#reaper.begin();
  }

  /** Stops reaping and waiting, for a program that continues without this host. */
  close(): void {
    this.#reaper.close();
    this.#threads.close();
    this.#poller.close();
    this.#nothing.close();
    this.#openFiles.lower();
  }

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    const { startsOnConsole, runsOnConsole, sharesConsole } = description.flags;
    const onConsole = startsOnConsole || runsOnConsole || sharesConsole;
    const takesTerminal = onConsole && this.#terminal.state(STDIN) === "free";
    return this.#tools.missing(nativeRequirements(description, takesTerminal));
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  launch(plan: LaunchPlan): { pid: number | undefined } | LaunchRefusal {
    if (plan.role === "main" && plan.output.to !== "pipe") this.#pipes.producerGone(plan.name, false);
    const outcome = this.#queue.launch(plan);
    if (outcome === undefined) return { pid: undefined };
    if ("error" in outcome) {
      if (outcome.error instanceof PreparationError) return outcome.error.refusal();
      const { stage, errno } = outcome.error;
      queueMicrotask(() => this.#reports.execFailed(plan.id, plan.role, stage, errno));
      return { pid: undefined };
    }
    const { launch, launched } = outcome;
    const executed = this.#enter(plan, launch, launched);
    if (executed) queueMicrotask(() => this.#reports.execSucceeded(plan.id, plan.role));
    return { pid: launched.pid };
  }

  /** How many launches are not over. */
  get unfinishedLaunches(): number {
    return this.#queue.unfinished;
  }

  /** Resolves when every launch is over. */
  launchesFinished(): Promise<void> {
    return this.#queue.finished();
  }

  /** A launch that was not made at once is over. */
  #over(plan: LaunchPlan, outcome: LaunchOutcome, signals: readonly HeldSignal[]): void {
    const { id, role } = plan;
    if ("error" in outcome) {
      const { error } = outcome;
      const refusal = error instanceof PreparationError ? [error.refusal()] : [];
      this.#reports.execFailed(id, role, error.stage, error.errno, ...refusal);
      return;
    }
    const { launch, launched, order } = outcome;
    const { pid } = launched;
    const exit = this.#orphanEnds.claim(pid, order);
    this.#reports.launched(id, role, pid);
    const executed = this.#enter(plan, launch, launched);
    for (const signal of signals) sendSignal(this.#processes, pid, signal);
    if (executed) this.#reports.execSucceeded(id, role);
    if (exit !== undefined) this.#childEnded(pid, exit);
  }

  /** Enters a new process. Returns whether its program is executed; with a chain, that is seen later. */
  #enter(plan: LaunchPlan, launch: LaunchNumber, launched: Launched): boolean {
    const { id, role, inittab: login } = plan;
    const { pid, control } = launched;
    const process: TrackedProcess = { id, role, pid, child: true, login, watch: undefined, silent: false };
    this.#table.add(process);
    this.#record.started(launch, pid);
    if (login !== undefined) this.#logins.started(login, pid, Date.now());
    if (control !== undefined) this.#serve(control);
    this.#follower.follow(process, launched);
    return launched.chain === undefined;
  }

  #serve(control: number): void {
    const { serveControl } = this.#options;
    if (serveControl === undefined) this.#files.close(control);
    else serveControl(new DescriptorStream(control, this.#files, this.#poller));
  }

  // ---- Signals -----------------------------------------------------------------------------------------------

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const sent = { signal, group };
    if (this.#queue.hold(id, role, sent)) return isSignalNumber(signal) ? "sent" : "bad-signal";
    const process = this.#table.inRole(id, role);
    return process === undefined ? "no-process" : sendSignal(this.#processes, process.pid, sent);
  }

  killAll(id: number): void {
    this.#processes.kill(EVERYTHING, TERM);
    setTimeout(() => {
      this.#processes.kill(EVERYTHING, KILL);
      this.#reports.allKilled(id);
    }, this.#options.killAllPause ?? 1000);
  }

  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void {
    this.#terminal.setForeground(STDIN, this.#processes.ownGroup());
  }

  // ---- Ends --------------------------------------------------------------------------------------------------

  #childEnded(pid: number, exit: ExitStatus): void {
    const process = this.#table.child(pid);
    if (process === undefined) this.#orphanEnds.add(pid, exit);
    else this.#reportEnd(process, exit);
  }

  #reportEnd(process: TrackedProcess, exit: ExitStatus): void {
    try {
      this.#ended(process, exit);
    } catch (error) {
      reportError(error); // the other children must still be reaped
    }
  }

  #ended(process: TrackedProcess, exit: ExitStatus): void {
    process.watch?.catchUp();
    process.watch?.close();
    this.#table.remove(process);
    this.#record.ended(process.pid);
    if (process.login !== undefined) this.#logins.ended(process.login, Date.now());
    if (!process.silent) this.#reports.exited(process.id, process.role, exit);
  }

  adoptFromPidFile(service: ServiceRecord): PidFileOutcome {
    return adoptFromPidFile(service, {
      files: this.#files,
      processes: this.#processes,
      table: this.#table,
      record: this.#record,
      orphanEnds: this.#orphanEnds,
      ownIds: this.#ownIds,
      warn: this.#options.warn,
    });
  }

  // ---- Services ----------------------------------------------------------------------------------------------

  openActivationSocket(service: ServiceRecord): LaunchRefusal | undefined {
    return this.#activation.open(service);
  }

  serviceInactive(service: ServiceRecord): void {
    this.#activation.close(service.id);
    this.#table.forget(service.id);
  }

  serviceUnloaded(service: ServiceRecord): void {
    const { consumerOf } = service.description;
    this.#logs.drop(service.id);
    this.#pipes.producerGone(service.name, service.consumer !== undefined);
    if (consumerOf !== "") this.#pipes.consumerGone(consumerOf);
  }

  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined {
    if (service.description.logType !== "buffer") return undefined;
    return this.#logs.contents(service.id, reading);
  }
}

function signalBits(signals: readonly number[]): bigint {
  return signals.reduce((bits, signal) => bits | 1n << BigInt(signal - 1), 0n);
}
