/**
 * The host that supports every setting: `posix_spawn`, `waitpid` and `epoll` of the C library. It is the only
 * reaper of the daemon: it reaps every child and every orphan that the daemon adopts. `docs/hosts.md`
 * explains how it works.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type ServiceDescription,
  Signal,
  typed,
} from "../model/mod.ts";
import { NO_STATE_STORE, type SavedParts } from "../model/saving.ts";
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
import { type AlarmMaker, bootAlarm } from "./alarm.ts";
import { ControlSockets } from "./control_sockets.ts";
import { ActivationSockets } from "./resources/activation_sockets.ts";
import { ownCgroup } from "./resources/cgroups.ts";
import { LaunchFollower } from "./launch/launch_follower.ts";
import { LAUNCH_WIDTH, LaunchQueue } from "./launch/launch_queue.ts";
import { LaunchSlots, sizeOfSlots } from "./launch/launch_slots.ts";
import { Launching } from "./launch/launching.ts";
import { SlotsMemory } from "./launch/slots_memory.ts";
import {
  Accounts,
  BootTime,
  Files,
  LaunchThreads,
  type Library,
  Logins,
  MemoryFiles,
  Poller,
  Processes,
  Sockets,
  Spawner,
  Terminal,
  WholeFiles,
} from "../system/mod.ts";
import { OwnDescriptors, ProcessHandles, signalBits } from "../system/surviving.ts";
import type { HostParts } from "./saved/restore_context.ts";
import type { RestoreWay } from "./saved/restoring.ts";
import type { JournalEntry } from "./processes/journal_format.ts";
import { inPlaceProblem } from "./output/in_place_support.ts";
import { LogCollector } from "./output/log_collector.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { nativeRequirements, usesConsole } from "./launch/native_requirements.ts";
import { NullDevice } from "./launch/null_device.ts";
import { OpenFileLimit } from "./launch/open_file_limit.ts";
import { OrphanEnds } from "./processes/orphan_ends.ts";
import { OutputPipes } from "./output/output_pipes.ts";
import type { ProcessRecord } from "./processes/process_record.ts";
import { ProcessEnds } from "./processes/process_ends.ts";
import { ProcessTable } from "./processes/process_table.ts";
import { SavedProcesses } from "./processes/saved_processes.ts";
import type { LogRotations } from "./rotating/log_rotations.ts";
import { ServiceSignals } from "./processes/service_signals.ts";
import { StartedWith } from "./launch/started_with.ts";
import { Tools } from "./launch/tools.ts";

/** Signals that the daemon and its processes ignore (lifecycle 8.5, step 18). */
const IGNORED = [Signal.PIPE, Signal.TSTP, Signal.TTIN, Signal.TTOU];
/** Signals that processes never block, even if the daemon does. */
const NEVER_BLOCKED = [Signal.TERM, Signal.CHLD];
const STDIN = 0;
/** See `NativeHostOptions`, in milliseconds. */
const END_PATIENCE = 100;

/** Starts processes with `posix_spawn`. */
export class NativeHost implements ProcessHost {
  readonly kind = "native";
  readonly #reports: HostReports;
  readonly #options: NativeHostOptions;
  readonly users: Accounts;
  readonly files: FileAccess;
  readonly bootClock: BootTime;
  readonly controlSockets: ControlSockets;
  readonly alarm: AlarmMaker;
  readonly now = () => this.bootClock.milliseconds();
  /** Whether a process belongs to a service. */
  readonly knowsProcess = (pid: number) => this.#table.find(pid) !== undefined;
  readonly #files: Files;
  readonly #openFiles: OpenFileLimit;
  readonly #poller: Poller;
  readonly #processes: Processes;
  readonly #signals: ServiceSignals;
  readonly #terminal: Terminal;
  readonly #logins: Logins;
  readonly #tools: Tools;
  readonly #logs: LogCollector;
  readonly #pipes: OutputPipes;
  readonly #activation: ActivationSockets;
  readonly #nothing: NullDevice;
  readonly #threads: LaunchThreads;
  readonly #slots: SlotsMemory;
  readonly #queue: LaunchQueue;
  readonly #launching: Launching;
  readonly #parts: HostParts;
  readonly #follower: LaunchFollower;
  readonly #table: ProcessTable;
  readonly #savedProcesses: SavedProcesses;
  /** What a restoration has left for the beginning. */
  #later: (() => void)[] = [];
  readonly #ends: ProcessEnds;
  readonly #reap = () => this.#ends.reap();
  readonly #ownIds = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };

  constructor(
    library: Library,
    reports: HostReports,
    record: ProcessRecord,
    options: NativeHostOptions = {},
  ) {
    this.#reports = reports;
    this.#options = options;
    this.users = new Accounts(library);
    this.#files = new Files(library);
    this.files = new WholeFiles(library, this.#files);
    this.bootClock = new BootTime(library, this.#files);
    this.#openFiles = new OpenFileLimit(library, this.files);
    this.#poller = new Poller(library);
    this.alarm = bootAlarm(library, this.#poller, this.now);
    this.#processes = new Processes(library);
    this.#terminal = new Terminal(library);
    this.#logins = new Logins(library, options.loginFile);
    this.#tools = new Tools(this.#files, options.toolFolders);
    const store = options.store ?? NO_STATE_STORE;
    const [warn, serve] = [(text: string) => options.warn?.(text), options.serveControl];
    this.#table = new ProcessTable((pid) => store.changed(this.#savedProcesses, pid));
    this.#savedProcesses = new SavedProcesses(this.#table);
    const memory = new MemoryFiles(library);
    const handles = new ProcessHandles(library);
    this.#logs = new LogCollector({
      files: this.#files,
      memory,
      poller: this.#poller,
      store,
      warn,
    });
    this.#pipes = new OutputPipes(this.#files, store);
    const sockets = new Sockets(library);
    this.controlSockets = new ControlSockets({ library, files: this.#files, sockets, poller: this.#poller });
    this.#activation = new ActivationSockets(this.#files, sockets, store);
    this.#nothing = new NullDevice(this.#files);
    this.#threads = new LaunchThreads(library, this.#poller, LAUNCH_WIDTH);
    const size = sizeOfSlots(LAUNCH_WIDTH + 1); // one for a launch that is made at once
    this.#slots = new SlotsMemory(library, this.#files, size, options.store !== undefined);
    this.#queue = new LaunchQueue({
      record,
      spawner: new Spawner(library, signalBits(IGNORED)),
      threads: this.#threads,
      slots: new LaunchSlots(this.#slots.memory),
      openFiles: this.#openFiles,
      launches: options.launches ?? "adaptive",
      over: (plan, outcome, held) => this.#launching.over(plan, outcome, held),
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
        cgroup: options.cgroup === undefined ? ownCgroup(this.#files, warn) : { path: options.cgroup },
        blocked: (options.blocked ?? this.#processes.blockedSignals()) & ~signalBits(NEVER_BLOCKED),
        niceness: () => this.#processes.niceness(),
      },
    });
    this.#signals = new ServiceSignals(this.#processes, handles, this.#table, this.#queue);
    this.#parts = {
      library,
      nothing: this.#nothing,
      files: this.#files,
      memory,
      poller: this.#poller,
      processes: this.#processes,
      handles,
      descriptors: new OwnDescriptors(library),
      clock: this.bootClock,
      table: this.#table,
      launches: this.#queue,
      orphanEnds: new OrphanEnds(this.#queue),
      logins: this.#logins,
      logs: this.#logs,
      pipes: this.#pipes,
      activation: this.#activation,
      record,
      reports,
      store,
      ownIds: this.#ownIds,
      endPatience: options.endPatience ?? END_PATIENCE,
      warn,
    };
    this.#follower = new LaunchFollower(this.#parts);
    this.#ends = new ProcessEnds(this.#parts);
    this.#launching = new Launching({
      ...this.#parts,
      queue: this.#queue,
      follower: this.#follower,
      ends: this.#ends,
      signals: this.#signals,
      serveControl: serve && ((fd) => serve(this.controlSockets.connection(fd))),
    });
  }

  /**
   * Takes over what an earlier program of this daemon has left: its processes, their output, and the sockets. Call it
   * before `begin`, which reports what has happened meanwhile, and before the engine continues. Throws `SavedStateError`
   * before anything has changed.
   *
   * @param saved the documents that this host has given to its store
   * @param launches what the record of processes has, including the processes in the making. @default nothing
   */
  async restore(saved: SavedParts, way: RestoreWay, launches: readonly JournalEntry[] = []): Promise<void> {
    const { AdoptedEnds, restore } = await typed(import("./saved/restoring.ts"));
    const parts = { ...this.#parts, follower: this.#follower, ends: this.#ends };
    this.#later = await restore(saved, way, launches, { ...parts, adoptedEnds: new AdoptedEnds(parts) });
  }

  /** The process of a service in a role, if the host has it now; without an id if its launch is not over. */
  processOf(id: number, role: ProcessRole): { readonly pid: number | undefined } | undefined {
    if (this.#queue.has(id, role)) return { pid: undefined };
    const process = this.#table.inRole(id, role);
    return process === undefined ? undefined : { pid: process.pid };
  }

  /**
   * The descriptors that a replacement of the program must keep open, so that `restore` finds them. Those of launches
   * that are not over are not among them: wait for `launchesFinished` first.
   */
  descriptors(): number[] {
    const ofLaunches = this.#table.all().flatMap(({ watch }) => watch?.descriptors() ?? []);
    const parts = [this.#logs, this.#pipes, this.#activation, this.#slots];
    return [...parts.flatMap((part) => part.descriptors()), ...ofLaunches];
  }

  /** Begins to reap, and to adopt orphans. From now on only this host starts processes: it would reap others. */
  begin(): void {
    this.#processes.keepDescriptors();
    this.#openFiles.raise();
    for (const signal of IGNORED) this.#processes.ignore(signal);
    this.#processes.unblock(signalBits(NEVER_BLOCKED)); // with CHLD blocked, nothing would be reaped
    this.#processes.becomeSubreaper();
    Deno.addSignalListener("SIGCHLD", this.#reap);
    this.#slots.save(this.#parts.store);
    for (const resume of this.#later.splice(0)) resume();
    this.#ends.reap();
  }

  get keepsAlive(): boolean {
    return this.#poller.isOpen;
  }

  /** Stops reaping and waiting, for a program that continues without this host. */
  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#reap);
    this.#ends.close();
    this.#threads.close();
    this.#poller.close();
    this.#nothing.close();
    this.#openFiles.lower();
  }

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    const takesTerminal = usesConsole(description) && this.#terminal.state(STDIN) === "free";
    return this.#tools.missing(nativeRequirements(description, takesTerminal)) ??
      inPlaceProblem(description, this.#parts.library);
  }

  /** Loads the code for log files with limits. */
  async logRotations(): Promise<LogRotations> {
    const { LogRotations } = await typed(import("./rotating/log_rotations.ts"));
    return new LogRotations({ ...this.#parts, spawner: new Spawner(this.#parts.library, 0n) });
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  launch(plan: LaunchPlan): { pid: undefined } {
    this.#launching.launch(plan);
    return { pid: undefined };
  }

  /** How many launches are not over. */
  get unfinishedLaunches(): number {
    return this.#queue.unfinished;
  }

  /** Resolves when every launch is over. */
  launchesFinished(): Promise<void> {
    return this.#queue.finished();
  }

  // ---- Signals -----------------------------------------------------------------------------------------------

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    return this.#signals.send(id, role, signal, group);
  }

  killAll(id: number): void {
    this.#signals.killAll(this.#options.killAllPause ?? 1000, () => this.#reports.allKilled(id));
  }

  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void {
    this.#terminal.setForeground(STDIN, this.#processes.ownGroup());
  }

  // ---- Ends --------------------------------------------------------------------------------------------------

  adoptFromPidFile(service: ServiceRecord): PidFileOutcome {
    return adoptFromPidFile(service, this.#parts);
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
