/**
 * A world for the engine: a clock that stands still, a host that makes no processes, a console that is always free.
 * Tests build services in it, act on them, and check the engine's calls.
 */

import { assertEquals } from "@std/assert";
import { FolderSource, MainEnvironment, type UserDatabase } from "../../src/description/mod.ts";
import {
  type Behaviour,
  type Clock,
  type ConsolePort,
  type DescriptionSource,
  type Fact,
  type FactSink,
  type LaunchPlan,
  type LaunchRefusal,
  type Lifecycle,
  type PidFileOutcome,
  type ProcessHost,
  type ProcessRole,
  type Remains,
  ServiceGraph,
  ServiceManager,
  type ServiceRecord,
  type SignalOutcome,
  type TimerName,
} from "../../src/engine/mod.ts";
import type { ManagerOptions } from "../../src/engine/mod.ts";
import { restore, snapshot } from "../../src/engine/restoring.ts";
import { words } from "../../src/log/mod.ts";
import {
  type BufferedOutput,
  DEFAULT_DESCRIPTION,
  type ServiceDescription,
  type ServiceType,
} from "../../src/model/mod.ts";
import { FakeStore, linesOf } from "./_store.ts";

/** Time passes only when a test says so. */
export class FakeClock implements Clock {
  time = 1000;
  readonly timers = new Map<string, { id: number; purpose: TimerName; at: number }>();

  now(): number {
    return this.time;
  }

  /** 1970 began with the test. */
  wallOf(time: number): number {
    return time;
  }

  setTimer(id: number, purpose: TimerName, at: number): void {
    this.timers.set(`${id} ${purpose}`, { id, purpose, at });
  }

  clearTimer(id: number, purpose: TimerName): void {
    this.timers.delete(`${id} ${purpose}`);
  }

  /** When the timers of a service expire. */
  expiries(id: number): number[] {
    return [...this.timers.values()].filter((timer) => timer.id === id).map(({ at }) => at);
  }

  /** Lets time pass; every timer that expires meanwhile is reported at its moment, in the order of the services. */
  advance(milliseconds: number, expired: (id: number, purpose: TimerName) => void): void {
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = [...this.timers.values()].filter(({ at }) => at <= end).sort((a, b) =>
        a.at - b.at || a.id - b.id
      );
      if (next === undefined) break;
      this.time = Math.max(this.time, next.at);
      this.clearTimer(next.id, next.purpose);
      expired(next.id, next.purpose);
    }
    this.time = end;
  }
}

/** A process that the fake host pretends to have made. */
export interface FakeProcess {
  readonly pid: number;
  readonly plan: Pick<LaunchPlan, "id" | "role" | "name" | "argv">;
  /** The result of the execution was reported to the engine. */
  executed: boolean;
  /** The process has ended, but the result of its execution was not reported yet. */
  ended: boolean;
  /** Adopted, but not a child: its exit will not be reported. */
  readonly foreign: boolean;
  signals: number[];
}

/** A host that only remembers. It refuses a second process where one runs, and a signal where none does. */
export class FakeHost implements ProcessHost {
  readonly processes = new Map<string, FakeProcess>();
  readonly launches: LaunchPlan[] = [];
  readonly signals: { id: number; role: ProcessRole; signal: number; group: boolean }[] = [];
  readonly inactive: string[] = [];
  readonly unloaded: string[] = [];
  readonly killedAll: number[] = [];
  /** The services whose remains are being ended, with the last signal. */
  readonly remains = new Map<number, number>();
  /** What goes wrong with the next launches, in order; `undefined`: nothing. */
  readonly launchErrors: (LaunchRefusal | undefined)[] = [];
  socketError: LaunchRefusal | undefined;
  pidFile: PidFileOutcome = { kind: "unreadable", step: "open", errno: 2 };
  unsupportedSetting: { setting: string; message: string } | undefined;
  signalOutcome: SignalOutcome = "sent";
  /** Is asked about every launch before it happens. */
  watch: (plan: LaunchPlan) => void = () => {};
  #nextPid = 100;

  process(id: number, role: ProcessRole): FakeProcess | undefined {
    return this.processes.get(`${id} ${role}`);
  }

  /** Whether a process is still there. */
  isLive(process: FakeProcess): boolean {
    return this.process(process.plan.id, process.plan.role) === process;
  }

  launch(plan: LaunchPlan): { pid: number | undefined } | LaunchRefusal {
    this.watch(plan);
    const key = `${plan.id} ${plan.role}`;
    if (this.processes.get(key)?.foreign === false) {
      throw new Error(`second ${plan.role} process for ${plan.name}`);
    }
    const error = this.launchErrors.shift();
    if (error !== undefined) return error;
    this.launches.push(plan);
    const pid = this.#nextPid++;
    this.processes.set(key, { pid, plan, executed: false, ended: false, foreign: false, signals: [] });
    return { pid };
  }

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const process = this.process(id, role);
    if (process === undefined || process.ended) throw new Error(`signal ${signal} without a ${role} process`);
    if (this.signalOutcome === "sent") {
      this.signals.push({ id, role, signal, group });
      process.signals.push(signal);
    }
    return this.signalOutcome;
  }

  /** Forgets everything, as the host of another program has never known it; returns the processes. */
  forgetAll(): FakeProcess[] {
    const processes = [...this.processes.values()];
    this.processes.clear();
    this.killedAll.length = 0;
    this.remains.clear();
    return processes;
  }

  /** Takes over a process of an earlier host. */
  takeOver({ plan: { id, role, name, argv }, ...process }: FakeProcess): void {
    this.processes.set(`${id} ${role}`, { ...process, plan: { id, role, name, argv } });
  }

  processOf(id: number, role: ProcessRole): { pid: number } | undefined {
    const process = this.process(id, role);
    return process && { pid: process.pid };
  }

  /** The process is gone. */
  forget(id: number, role: ProcessRole): void {
    this.processes.delete(`${id} ${role}`);
  }

  unsupported(): { setting: string; message: string } | undefined {
    return this.unsupportedSetting;
  }

  openActivationSocket(): LaunchRefusal | undefined {
    return this.socketError;
  }

  serviceInactive(service: ServiceRecord): void {
    this.inactive.push(service.name);
  }

  serviceUnloaded(service: ServiceRecord): void {
    this.unloaded.push(service.name);
  }

  adoptFromPidFile(service: ServiceRecord): PidFileOutcome {
    const { pidFile } = this;
    if (pidFile.kind === "running") {
      const plan = { id: service.id, role: "main", name: service.name, argv: service.description.command };
      this.processes.set(`${service.id} main`, {
        pid: pidFile.pid,
        plan,
        executed: true,
        ended: false,
        foreign: !pidFile.child,
        signals: [],
      });
    }
    return pidFile;
  }

  remainsOf(pid: number): Remains {
    return { pid, group: pid, session: pid, since: 0 };
  }

  endRemains({ id }: ServiceRecord, _remains: Remains, signal: number): void {
    this.remains.set(id, signal);
  }

  killAll(id: number): void {
    this.killedAll.push(id);
  }

  bufferedLog(service: ServiceRecord): BufferedOutput | undefined {
    const output = { bytes: new Uint8Array([111, 107]), end: 2 };
    return service.description.logType === "buffer" ? output : undefined;
  }
}

/** A console whose log yields at once, unless a test delays it. */
export class FakeConsole implements ConsolePort {
  yieldsAtOnce = true;
  /** It has been asked to yield, and has not yet. */
  isAsked = false;
  /** What was asked of it. */
  readonly calls: string[] = [];

  requestConsole(): boolean {
    this.calls.push("request");
    this.isAsked = !this.yieldsAtOnce;
    return this.yieldsAtOnce;
  }

  returnConsole(): void {
    this.calls.push("return");
  }

  takeForeground(): void {
    this.calls.push("foreground");
  }
}

/** Records the facts of the engine, and the log lines about them. */
export class FakeLog implements FactSink {
  /** `LEVEL TEXT` of every message. */
  readonly messages: string[] = [];
  /** `started NAME`, `failed NAME`, `failed NAME (dependency)` and `stopped NAME`. */
  readonly services: string[] = [];
  /** After this many lines there must be an endless loop. */
  limit = Infinity;

  #note(line: string): void {
    if (this.services.push(line) > this.limit) throw new Error("the engine does not come to rest");
  }

  /** Takes the facts as well. */
  forward: FactSink | undefined;

  fact(fact: Fact): void {
    this.forward?.fact(fact);
    const said = words(fact);
    if (said === undefined) return;
    if ("text" in said) {
      this.messages.push(`${said.level} ${said.text}`);
      if (said.more !== undefined) this.messages.push(`${said.level} ${said.more}`);
    } else {
      const byDependency = said.status === "failed" && said.consoleLevel === "warn";
      this.#note(`${said.status} ${said.service}${byDependency ? " (dependency)" : ""}`);
    }
  }
}

/** Two users and a group. */
export const USERS: UserDatabase = {
  userByName: (name) =>
    name === "joe" ? { name, uid: 7, gid: 8, home: "/home/joe", shell: "/bin/sh" } : undefined,
  userById: () => undefined,
  groupByName: () => undefined,
};

/** What a world may be made with. */
export interface WorldOptions {
  /** @default none */
  directories?: readonly string[];
  /** @default files in the directories */
  source?: DescriptionSource;
  /** How services behave that are not of a real type. @default all by their type */
  behaviour?: (service: ServiceRecord, lifecycle: Lifecycle) => Behaviour | undefined;
  /** @default empty */
  environment?: MainEnvironment;
}

/** An engine with everything around it. */
export class World {
  readonly clock = new FakeClock();
  readonly host = new FakeHost();
  readonly console = new FakeConsole();
  readonly log = new FakeLog();
  readonly store = new FakeStore();
  readonly options: ManagerOptions;
  /** Bugs inside steps. */
  readonly bugs: unknown[] = [];
  /** How often the engine said that nothing is active. */
  inactive = 0;
  /** Services whose start had actions to run. */
  readonly startActions: string[] = [];
  manager: ServiceManager;

  constructor(options: WorldOptions = {}) {
    const environment = options.environment ?? new MainEnvironment();
    const identity = { uid: 0, gid: 0 };
    this.options = {
      source: options.source ??
        new FolderSource(options.directories ?? [], { environment, users: USERS, identity }),
      environment,
      clock: this.clock,
      host: this.host,
      console: this.console,
      facts: this.log,
      store: this.store,
      broken: (error) => this.bugs.push(error),
      behaviour: options.behaviour,
      inactive: () => this.inactive += 1,
      startActions: (service) => this.startActions.push(service.name),
    };
    this.manager = new ServiceManager({ ...this.options, graph: new ServiceGraph() });
  }

  /** Fails if the store does not have the current documents: a change was forgotten. */
  checkSaved(): void {
    assertEquals(this.store.lines(), linesOf(snapshot(this.manager)));
  }

  /**
   * Continues with a new engine that is made from the documents in the store, some milliseconds later. Host, clock and
   * console know nothing any more; then the host takes over the processes that survive.
   */
  restore(
    { later = 0, survives = () => true }: { later?: number; survives?: (process: FakeProcess) => boolean } =
      {},
  ): void {
    this.checkSaved();
    this.clock.timers.clear();
    this.console.isAsked = false;
    const survivors = this.host.forgetAll().filter(survives);
    this.manager = restore(this.options, this.store.parts());
    assertEquals(linesOf(snapshot(this.manager)), this.store.lines());
    this.clock.time += later;
    for (const process of survivors) this.host.takeOver(process);
    this.manager.resume();
    this.checkSaved();
  }

  /** Adds a service without reading a file. */
  add(name: string, type: ServiceType, description: Partial<ServiceDescription> = {}): ServiceRecord {
    const record = this.manager.graph.add(name, type);
    this.manager.graph.describe(record, {
      ...DEFAULT_DESCRIPTION,
      type: type as ServiceDescription["type"],
      name,
      restart: "never",
      command: [`/bin/${name}`],
      ...description,
    });
    return record;
  }

  service(name: string): ServiceRecord {
    const service = this.manager.find(name);
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    this.clock.advance(milliseconds, (id, purpose) => this.manager.timerExpired(id, purpose));
  }

  /** The console log yields, if it was asked to. */
  yieldConsole(): void {
    if (!this.console.isAsked) return;
    this.console.isAsked = false;
    this.manager.consoleYielded();
  }

  /** All processes have been killed for the services that asked for it. */
  allKilled(): void {
    for (const id of this.host.killedAll.splice(0).sort((a, b) => a - b)) this.manager.allKilled(id);
  }

  /** Nothing is left of the main processes of these services. */
  remainsEnded(ids: readonly number[] = [...this.host.remains.keys()]): void {
    for (const id of [...ids].sort((a, b) => a - b)) {
      this.host.remains.delete(id);
      this.manager.remains(id, []);
    }
  }

  execSucceeded(name: string, role: ProcessRole = "main"): void {
    const { id } = this.service(name);
    const process = this.host.process(id, role);
    if (process === undefined) throw new Error(`no ${role} process of ${name} to execute`);
    process.executed = true;
    if (process.ended) this.host.forget(id, role);
    this.manager.execSucceeded(id, role);
  }

  execFailed(name: string, role: ProcessRole = "main"): void {
    const { id } = this.service(name);
    this.host.forget(id, role);
    this.manager.execFailed(id, role, 18, 2);
  }

  /** The process ends: with an exit code, or by a signal. */
  ends(name: string, how: { exit: number } | { signal: number }, role: ProcessRole = "main"): void {
    const { id } = this.service(name);
    const process = this.host.process(id, role);
    if (process === undefined || process.ended) throw new Error(`no ${role} process of ${name} to end`);
    if (process.executed) this.host.forget(id, role);
    else process.ended = true;
    const exit = "exit" in how
      ? { kind: "exited", code: how.exit } as const
      : { kind: "killed", signal: how.signal, core: false } as const;
    this.manager.exited(id, role, exit);
  }
}
