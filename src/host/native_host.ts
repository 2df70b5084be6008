/**
 * The host that supports every setting: `posix_spawn`, `waitpid` and `epoll` of the C library. It is the only
 * reaper of the daemon: it reaps every child and every orphan that the daemon adopts. `docs/hosts.md`
 * explains how it works.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type LogKeeperStatus,
  type ServiceDescription,
  typed,
} from "../model/mod.ts";
import type { SavedParts } from "../model/saving.ts";
import type { FileAccess } from "../description/mod.ts";
import type {
  LaunchPlan,
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ProcessRole,
  Remains,
  ServiceRecord,
  SignalOutcome,
} from "../engine/mod.ts";
import { type Accounts, type BootTime, type Library, Spawner } from "../system/mod.ts";
import { signalBits } from "../system/surviving.ts";
import type { AlarmMaker } from "./alarm.ts";
import type { ControlSockets } from "./control_sockets.ts";
import { nativeRequirements, usesConsole } from "./launch/native_requirements.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { IGNORED, type NativeParts, nativeParts, NEVER_BLOCKED } from "./native_parts.ts";
import { inPlaceProblem, keptProblem } from "./output/in_place_support.ts";
import { adoptFromPidFile } from "./processes/adoption.ts";
import type { JournalEntry } from "./processes/journal_format.ts";
import type { ProcessRecord } from "./processes/process_record.ts";
import type { RemainingProcesses } from "./processes/remaining_processes.ts";
import type { NotifyChannels } from "./notify/notify_channels.ts";
import type { LogKeeping } from "./keeping/log_keeping.ts";
import { probeProblem } from "./probing/probe_grant.ts";
import type { Prober } from "./probing/prober.ts";
import type { ServiceGroups } from "./resources/service_groups.ts";
import type { LogRotations } from "./rotating/log_rotations.ts";
import type { RestoreWay } from "./saved/restoring.ts";

const STDIN = 0;

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
  readonly knowsProcess = (pid: number) => this.#parts.table.find(pid) !== undefined;
  readonly #parts: NativeParts;
  readonly #reap: () => void;
  #notify: NotifyChannels | undefined;
  #groups: ServiceGroups | undefined;
  #keeping: LogKeeping | undefined;
  #prober: Prober | undefined;
  /** What a restoration has left for the beginning. */
  #later: (() => void)[] = [];
  /** Ends what processes have left; `undefined` until a service needs it. */
  #remaining: Promise<RemainingProcesses> | undefined;

  constructor(
    library: Library,
    reports: HostReports,
    record: ProcessRecord,
    options: NativeHostOptions = {},
  ) {
    this.#reports = reports;
    this.#options = options;
    const exited: HostReports["exited"] = (id, role, exit) =>
      reports.exited(id, role, this.#groups?.explained(id, exit) ?? exit);
    this.#parts = nativeParts(library, { ...reports, exited }, record, options);
    this.#reap = () => {
      // An order that has arrived before counts first: a stop prevents the restart of a process that has ended.
      this.#parts.poller.serve();
      this.#parts.ends.reapSoon();
    };
    const { users, access, clock, controlSockets, alarm } = this.#parts;
    this.users = users;
    this.files = access;
    this.bootClock = clock;
    this.controlSockets = controlSockets;
    this.alarm = alarm;
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
    const parts = this.#parts;
    const notify = saved.get("notify") === undefined ? undefined : await this.notifyChannels();
    this.#later = await restore(saved, way, launches, {
      ...parts,
      adoptedEnds: new AdoptedEnds(parts),
      notify,
    });
    if ((saved.get("kept")?.size ?? 0) > 0) (await this.logKeeping()).restore(saved, way);
  }

  /** The process of a service in a role, if the host has it now; without an id if its launch is not over. */
  processOf(id: number, role: ProcessRole): { readonly pid: number | undefined } | undefined {
    if (this.#parts.queue.has(id, role)) return { pid: undefined };
    const process = this.#parts.table.inRole(id, role);
    return process === undefined ? undefined : { pid: process.pid };
  }

  /**
   * The descriptors that a replacement of the program must keep open, so that `restore` finds them. Those of launches
   * that are not over are not among them: wait for `launchesFinished` first.
   */
  descriptors(): number[] {
    const ofLaunches = this.#parts.table.all().flatMap(({ watch }) => watch?.descriptors() ?? []);
    const parts = [this.#parts.logs, this.#parts.pipes, this.#parts.activation, this.#parts.slots];
    const loaded = [this.#notify, this.#keeping].flatMap((room) => room?.descriptors() ?? []);
    return [...parts.flatMap((part) => part.descriptors()), ...ofLaunches, ...loaded];
  }

  /** Begins to reap, and to adopt orphans. From now on only this host starts processes: it would reap others. */
  begin(): void {
    this.#parts.processes.keepDescriptors();
    this.#parts.openFiles.raise();
    for (const signal of IGNORED) this.#parts.processes.ignore(signal);
    this.#parts.processes.unblock(signalBits(NEVER_BLOCKED)); // with CHLD blocked, nothing would be reaped
    this.#parts.processes.becomeSubreaper();
    Deno.addSignalListener("SIGCHLD", this.#reap);
    this.#parts.slots.save(this.#parts.store);
    for (const resume of this.#later.splice(0)) resume();
    this.#parts.ends.reap();
  }

  get keepsAlive(): boolean {
    return this.#parts.poller.isOpen;
  }

  /** Stops reaping and waiting, for a program that continues without this host. */
  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#reap);
    this.#parts.ends.close();
    this.#groups?.close();
    this.#prober?.close();
    void this.#remaining?.then((remaining) => remaining.close());
    this.#parts.threads.close();
    this.#parts.poller.close();
    this.#parts.nothing.close();
    this.#parts.openFiles.lower();
  }

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    const takesTerminal = usesConsole(description) && this.#parts.terminal.state(STDIN) === "free";
    return this.#parts.tools.missing(nativeRequirements(description, takesTerminal)) ??
      inPlaceProblem(description, this.#parts.library) ?? keptProblem(description) ??
      probeProblem(description) ??
      this.#parts.hierarchy.problem(description);
  }

  /** Loads the code for log files with limits. */
  async logRotations(): Promise<LogRotations> {
    const { LogRotations } = await typed(import("./rotating/log_rotations.ts"));
    return new LogRotations({ ...this.#parts, spawner: new Spawner(this.#parts.library, 0n) });
  }

  /** The sockets of processes that send messages about their state. Loads the code for them. */
  async notifyChannels(): Promise<NotifyChannels> {
    const { NotifyChannels } = await typed(import("./notify/notify_channels.ts"));
    return this.#notify ??= new NotifyChannels(this.#parts);
  }

  /** What connections to services are made with. */
  get connectionParts(): Pick<NativeParts, "library" | "files" | "poller"> {
    return this.#parts;
  }

  /** What performs checks that need a look-up of a name, or TLS. Loads the code for it. */
  async prober(): Promise<Prober> {
    const { Prober } = await typed(import("./probing/prober.ts"));
    return this.#prober ??= new Prober({ ...this.#parts, spawner: new Spawner(this.#parts.library, 0n) });
  }

  /** Ends the process that performs such checks. The next check starts another one. */
  endProber(): void {
    this.#prober?.close();
  }

  /** Loads the code for kept logs. */
  async logKeeping(): Promise<LogKeeping> {
    const { LogKeeping } = await typed(import("./keeping/log_keeping.ts"));
    return this.#keeping ??= new LogKeeping({
      ...this.#parts,
      spawner: new Spawner(this.#parts.library, 0n),
    });
  }

  /** The process that keeps logs, and how it is. */
  get logKeeper(): LogKeeperStatus | undefined {
    return this.#keeping?.keeper;
  }

  /** Whether an earlier program has left kept logs. */
  get hasKeptLogs(): boolean {
    return this.#keeping !== undefined;
  }

  /** Resolves when everything that a service has written so far is in its log. */
  async outputRead(id: number): Promise<void> {
    await this.#keeping?.caughtUp(id);
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  launch(plan: LaunchPlan): { pid: undefined } {
    const withGroup = this.#parts.hierarchy.isWanted(plan)
      ? this.#serviceGroups().then((groups) => groups.prepare(plan))
      : undefined;
    const prepared = plan.notify === undefined
      ? withGroup
      : Promise.all([this.notifyChannels(), withGroup]).then(([channels, grouped]) =>
        channels.prepare(grouped ?? plan, grouped?.cgroup)
      );
    this.#parts.launching.launch(plan, prepared);
    return { pid: undefined };
  }

  /** The control groups of services. Loads the code for them. */
  async #serviceGroups(): Promise<ServiceGroups> {
    const { ServiceGroups } = await typed(import("./resources/service_groups.ts"));
    return this.#groups ??= new ServiceGroups(this.#parts.hierarchy);
  }

  /** How many launches are not over. */
  get unfinishedLaunches(): number {
    return this.#parts.queue.unfinished;
  }

  /** Resolves when every launch is over. */
  launchesFinished(): Promise<void> {
    return this.#parts.queue.finished();
  }

  // ---- Signals -----------------------------------------------------------------------------------------------

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    return this.#parts.signals.send(id, role, signal, group);
  }

  remainsOf(pid: number): Remains {
    const found = this.#parts.clock.look(pid);
    const { group = pid, session = pid, startTicks: since = 0 } = found ?? {};
    return { pid, group, session, since };
  }

  endRemains(service: ServiceRecord, remains: Remains, signal: number): void {
    this.#remaining ??= this.#loadRemaining();
    void this.#remaining.then((remaining) => remaining.end(service, remains, signal));
  }

  async #loadRemaining(): Promise<RemainingProcesses> {
    const { RemainingProcesses } = await typed(import("./processes/remaining_processes.ts"));
    return new RemainingProcesses(this.#parts);
  }

  killAll(id: number): void {
    this.#parts.signals.killAll(this.#options.killAllPause ?? 1000, () => this.#reports.allKilled(id));
  }

  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void {
    this.#parts.terminal.setForeground(STDIN, this.#parts.processes.ownGroup());
  }

  // ---- Ends --------------------------------------------------------------------------------------------------

  adoptFromPidFile(service: ServiceRecord): PidFileOutcome {
    const { id, name, description: { pidFile } } = service;
    const named = this.#notify?.adoptRemembered(id, name);
    if (named !== undefined && "pid" in named) return { kind: "running", pid: named.pid, child: true };
    if (named !== undefined) {
      this.#parts.warn(
        `${name}: the process that MAINPID names is not taken: ${named.problem}; ${pidFile} is read`,
      );
    }
    return adoptFromPidFile(service, this.#parts);
  }

  // ---- Services ----------------------------------------------------------------------------------------------

  openActivationSocket(service: ServiceRecord): LaunchRefusal | undefined {
    return this.#parts.activation.open(service);
  }

  serviceInactive(service: ServiceRecord): void {
    this.#parts.activation.close(service.id);
    this.#notify?.close(service.id);
    this.#parts.table.forget(service.id);
    if (this.#parts.hierarchy.isWanted(service.description)) {
      void this.#serviceGroups().then((groups) => groups.remove(service.id, service.name));
    }
  }

  serviceUnloaded(service: ServiceRecord): void {
    const { consumerOf } = service.description;
    this.#notify?.close(service.id);
    this.#parts.logs.drop(service.id);
    const isRead = service.consumer !== undefined || service.description.logType === "kept";
    this.#parts.pipes.producerGone(service.name, isRead);
    if (consumerOf !== "") this.#parts.pipes.consumerGone(consumerOf);
  }

  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined {
    if (service.description.logType !== "buffer") return undefined;
    return this.#parts.logs.contents(service.id, reading);
  }
}
