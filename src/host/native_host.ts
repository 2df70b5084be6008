/**
 * The host that supports every setting: `posix_spawn`, `waitpid` and `epoll` of the C library. It is the only
 * reaper of the daemon: it reaps every child and every orphan that the daemon adopts. `docs/hosts.md`
 * explains how it works.
 */

import {
  type BufferedOutput,
  type BufferReading,
  Errno,
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
import { ControlSockets } from "./control_sockets.ts";
import { ActivationSockets } from "./resources/activation_sockets.ts";
import { type OwnCgroup, ownCgroup } from "./resources/cgroups.ts";
import { DescriptorStream } from "../system/mod.ts";
import { ExecutionError, PreparationError } from "./launch/launch_errors.ts";
import { LaunchFollower } from "./launch/launch_follower.ts";
import {
  Accounts,
  BootTime,
  Files,
  type Library,
  Logins,
  Poller,
  Processes,
  Sockets,
  Spawner,
  Terminal,
  WholeFiles,
} from "../system/mod.ts";
import { LogCollector } from "./output/log_collector.ts";
import { type LaunchContext, type Launched, launchNative } from "./launch/native_launch.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { nativeRequirements } from "./launch/native_requirements.ts";
import { NullDevice } from "./launch/null_device.ts";
import { OpenFileLimit } from "./launch/open_file_limit.ts";
import { OrphanEnds } from "./processes/orphan_ends.ts";
import { OutputPipes } from "./output/output_pipes.ts";
import type { LaunchNumber, ProcessRecord } from "./processes/process_record.ts";
import { ProcessTable, type TrackedProcess } from "./processes/process_table.ts";
import { StartedWith } from "./launch/started_with.ts";
import { Tools } from "./launch/tools.ts";

/** Signals that the daemon and its processes ignore (lifecycle 8.5, step 18). */
const IGNORED = [Signal.PIPE, Signal.TSTP, Signal.TTIN, Signal.TTOU];
/** Signals that processes never block, even if the daemon does. */
const NEVER_BLOCKED = [Signal.TERM, Signal.CHLD];
const { TERM, KILL } = Signal;
const STDIN = 0;
const { ESRCH, EINVAL } = Errno;
const EVERYTHING = -1;
/** How long to reap before other work gets its turn, in milliseconds. */
const REAPING_TURN = 5;
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
  readonly controlSockets: ControlSockets;
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
  readonly #context: LaunchContext;
  readonly #follower: LaunchFollower;
  readonly #table = new ProcessTable();
  readonly #orphanEnds = new OrphanEnds();
  readonly #reap = () => this.#reapAll();
  /** The next turn, if one turn could not reap all children. */
  #nextTurn: ReturnType<typeof setImmediate> | undefined;
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
    this.controlSockets = new ControlSockets(this.#files, sockets, this.#poller);
    this.#context = {
      files: this.#files,
      sockets,
      spawner: new Spawner(library, signalBits(IGNORED), this.#openFiles),
      terminal: this.#terminal,
      tools: this.#tools,
      logs: this.#logs,
      pipes: this.#pipes,
      activation: this.#activation,
      nothing: new NullDevice(this.#files),
      access: this.files,
      startedWith: new StartedWith(this.#files, this.files),
      ownIds: this.#ownIds,
      cgroup: options.cgroup === undefined ? this.#ownCgroup() : { path: options.cgroup },
      blocked: (options.blocked ?? this.#processes.blockedSignals()) & ~signalBits(NEVER_BLOCKED),
      niceness: () => this.#processes.niceness(),
    };
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
    Deno.addSignalListener("SIGCHLD", this.#reap);
    this.#reapAll();
  }

  /** Stops reaping and waiting, for a program that continues without this host. */
  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#reap);
    if (this.#nextTurn !== undefined) clearImmediate(this.#nextTurn);
    this.#poller.close();
    this.#context.nothing.close();
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
    const launch = this.#record.launching(plan);
    let launched: Launched;
    try {
      launched = launchNative(plan, this.#context);
    } catch (error) {
      this.#record.failed(launch);
      if (error instanceof PreparationError) return error.refusal();
      if (!(error instanceof ExecutionError)) throw error;
      const { stage, errno } = error;
      queueMicrotask(() => this.#reports.execFailed(plan.id, plan.role, stage, errno));
      return { pid: undefined };
    }
    this.#enter(plan, launch, launched);
    return { pid: launched.pid };
  }

  #enter(plan: LaunchPlan, launch: LaunchNumber, launched: Launched): void {
    const { id, role, inittab: login } = plan;
    const { pid, control } = launched;
    const process: TrackedProcess = { id, role, pid, child: true, login, watch: undefined, silent: false };
    this.#table.add(process);
    this.#record.started(launch, pid);
    if (login !== undefined) this.#logins.started(login, pid, Date.now());
    if (control !== undefined) this.#serve(control);
    this.#follower.follow(process, launched);
  }

  #serve(control: number): void {
    const { serveControl } = this.#options;
    if (serveControl === undefined) this.#files.close(control);
    else serveControl(new DescriptorStream(control, this.#files, this.#poller));
  }

  // ---- Signals -----------------------------------------------------------------------------------------------

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const process = this.#table.inRole(id, role);
    if (process === undefined || process.pid <= 1) return "no-process";
    const target = group ? this.#groupOf(process.pid) : process.pid;
    const errno = this.#processes.kill(target, signal);
    if (errno === 0) return "sent";
    return errno === ESRCH ? "no-process" : errno === EINVAL ? "bad-signal" : { errno };
  }

  /** The target of a signal to the group of a process: never the daemon's own group. */
  #groupOf(pid: number): number {
    const group = this.#processes.groupOf(pid) ?? pid;
    return group <= 1 || group === this.#processes.ownGroup() ? pid : -group;
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

  /**
   * Reaps ended children: a signal does not say how many there are. Services that restart at once may end as fast as
   * this host launches them. So each turn is limited, and clients and timers are served between turns.
   */
  #reapAll(): void {
    const begin = performance.now();
    for (let ended = this.#processes.reap(); ended !== undefined; ended = this.#processes.reap()) {
      const process = this.#table.child(ended.pid);
      if (process === undefined) this.#orphanEnds.add(ended.pid, ended.exit);
      else this.#reportEnd(process, ended.exit);
      if (performance.now() - begin < REAPING_TURN) continue;
      this.#nextTurn ??= setImmediate(() => {
        this.#nextTurn = undefined;
        this.#reapAll();
      });
      return;
    }
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
