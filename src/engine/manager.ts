/**
 * The public face of the engine: services by name, commands, events of processes and timers, and the public facts about
 * services. Every call works until the engine is at rest before it returns, and is one step of the saved state.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type DependencyKind,
  type ExitStatus,
  LimitError,
  LoadError,
  type ServiceOverview,
  type ServiceStatus,
  type ServiceTimes,
  ShutdownType,
} from "../model/mod.ts";
import { NO_STATE_STORE, type StatePart } from "../model/saving.ts";
import { assemble, type AssembledEngine } from "./assembly.ts";
import { Calls } from "./calls.ts";
import * as commands from "./commands.ts";
import type { LoadOccasion } from "./facts.ts";
import { ServiceGraph } from "./graph/graph.ts";
import { type Haste, hasten } from "./lifecycle/haste.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import { Listeners } from "./listeners.ts";
import { mayUnload } from "./graph/loading.ts";
import type { ManagerOptions } from "./manager_options.ts";
import type { EngineEvents, EnvironmentListener, ServiceListener, TimerName } from "./ports.ts";
import { tryReload } from "./graph/reloading.ts";
import type { ProcessRole, ServiceRecord } from "./graph/record.ts";
import { EngineState } from "./saved/engine_state.ts";
import { overviewOf, statusOf } from "./status.ts";
import { timesOf } from "./times.ts";

/** The service manager. */
export class ServiceManager implements EngineEvents {
  /** The services and the edges between them. */
  readonly graph: ServiceGraph;
  /** The state machine of the services. */
  readonly lifecycle: Lifecycle;
  /** The parts of the saved state. */
  readonly stateParts: readonly StatePart[];
  readonly #state: EngineState;
  readonly #options: ManagerOptions;
  readonly #engine: AssembledEngine;
  readonly #listeners = new Listeners();
  #shutdownType: ShutdownType;
  readonly #calls: Calls;

  /** Makes an engine that has no services, or those of `options.graph`. */
  constructor(options: ManagerOptions) {
    this.#options = options;
    const { saved, store = NO_STATE_STORE } = options;
    this.#shutdownType = saved?.shutdownType ?? ShutdownType.NONE;
    const graph = this.graph = options.graph ?? new ServiceGraph();
    this.#state = new EngineState({
      graph,
      store,
      data: () => ({
        nextId: this.graph.nextId,
        shutdownType: this.#shutdownType,
        stopLimit: this.#engine.launcher.stopLimit,
        lifecycle: this.lifecycle.state(),
      }),
    });
    this.stateParts = this.#state.parts;
    this.#engine = assemble(options, {
      graph,
      isShuttingDown: () => this.shuttingDown,
      emit: (service, event) => this.#listeners.emit(service, event),
    });
    this.lifecycle = this.#engine.lifecycle;
    this.#calls = new Calls({ ...options, engine: this.#engine, graph: this.graph, store });
    if (saved === undefined) return;
    this.lifecycle.restore(saved);
    this.#engine.launcher.stopLimit = saved.stopLimit;
    for (const [name, value] of saved.variables) this.#state.variables.set(name, value);
  }

  /**
   * Continues from the saved state of an engine that was restored: sets the variables of the environment and the timers
   * again, and asks the host which processes are left. Call it once, when events can be received.
   */
  resume(): void {
    const { saved } = this.#options;
    if (saved === undefined) return;
    const more = { graph: this.graph, isShuttingDown: () => this.shuttingDown, variables: saved.variables };
    this.#calls.act(() => saved.resume({ ...this.#options, ...this.#engine, ...more }));
  }

  // ---- Services ----------------------------------------------------------------------------------------------

  /** The folders of descriptions, in search order. */
  get serviceDirectories(): readonly string[] {
    return this.#options.source.directories;
  }

  /** The time by the engine's clock, in milliseconds. */
  now(): number {
    return this.#options.clock.now();
  }

  /** How many services are not stopped. */
  get activeCount(): number {
    return this.lifecycle.activeCount;
  }

  /** A loaded service. */
  find(name: string): ServiceRecord | undefined {
    return this.graph.find(name);
  }

  /** The loaded services in load order. */
  services(): Iterable<ServiceRecord> {
    return this.graph.services();
  }

  /** Loads a service unless it is loaded. A failure is reported with its occasion, and thrown as `LoadError`. */
  load(name: string, occasion: LoadOccasion = "request"): ServiceRecord {
    const { loader, reporter } = this.#engine;
    const failed = (error: LoadError) => reporter.general({ kind: "load-failed", error, occasion });
    return this.#calls.steps.refusable(LoadError, () => loader.load(name), failed);
  }

  /** Applies the current description of a service. `undefined`: it is refused or has mistakes, which were logged. */
  reload(service: ServiceRecord): ServiceRecord | undefined {
    return this.#calls.act(() => tryReload({ ...this.#engine, graph: this.graph }, service));
  }

  /** Removes a stopped service that nothing depends on. */
  unload(service: ServiceRecord): boolean {
    if (!mayUnload(service)) return false;
    this.#calls.steps.whole(() => {
      this.lifecycle.unpin(service);
      this.#engine.loader.unload(service);
    });
    this.#listeners.forget(service);
    return true;
  }

  // ---- Commands ----------------------------------------------------------------------------------------------

  /** Whether all services are being stopped. */
  get shuttingDown(): boolean {
    return this.#shutdownType !== ShutdownType.NONE;
  }

  /** What happens when everything has stopped. */
  get shutdownType(): ShutdownType {
    return this.#shutdownType;
  }

  /** See `commands.start`. */
  start(service: ServiceRecord, options: commands.StartOptions = {}): commands.StartResult {
    return this.#calls.command(service, () => commands.start(this, service, options));
  }

  /** See `commands.hookDone`. */
  hookDone(service: ServiceRecord, hook?: string): void {
    this.#calls.command(service, () => commands.hookDone(service, hook));
  }

  /** See `commands.stop`. */
  stop(service: ServiceRecord, { pin = false, gentle = false } = {}): commands.StopResult {
    return this.#calls.command(service, () => commands.stop(this, service, { pin, gentle }));
  }

  /** See `commands.restart`. */
  restart(service: ServiceRecord, { gentle = false } = {}): commands.RestartResult {
    return this.#calls.command(service, () => commands.restart(this, service, gentle));
  }

  /** See `commands.wake`. */
  wake(service: ServiceRecord, { pin = false } = {}): commands.WakeResult {
    return this.#calls.command(service, () => commands.wake(this, service, pin));
  }

  /** See `commands.release`. */
  release(service: ServiceRecord, { pin = false } = {}): commands.OrderResult {
    return this.#calls.command(service, () => commands.release(this, service, pin));
  }

  /** Clears both pins; stops that a pin held back begin. */
  unpin(service: ServiceRecord): void {
    this.#calls.drain(() => this.lifecycle.unpin(service));
  }

  /** See `commands.trigger`. */
  trigger(service: ServiceRecord, on: boolean): boolean {
    return this.#calls.command(service, () => commands.trigger(this, service, on, this.#engine.events));
  }

  /** See `commands.signal`. */
  signal(service: ServiceRecord, signal: number): commands.SignalResult {
    return commands.signal(this.#options.host, this.#engine.reporter, service, signal);
  }

  /** See `commands.addDependency`. */
  addDependency(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): commands.LinkResult {
    return this.#calls.command(from, () => commands.addDependency(this, from, to, kind, { start: false }));
  }

  /** Adds a dependency and starts it if the dependent is active. */
  enable(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): commands.LinkResult {
    return this.#calls.command(from, () => commands.addDependency(this, from, to, kind, { start: true }));
  }

  /** See `commands.removeDependency`. */
  removeDependency(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): boolean {
    return this.#calls.command(from, () => commands.removeDependency(this, from, to, kind));
  }

  /** Stops everything. May be repeated; the last type counts (6.5). */
  shutdown(type: ShutdownType): void {
    this.#calls.act(() => {
      this.#shutdownType = type;
      this.graph.changes.engine();
      commands.stopAll(this);
    });
  }

  /** Speeds up the current shutdown. */
  hasten(haste: Haste): void {
    this.#calls.drain(() => {
      this.graph.changes.engine();
      hasten(haste, this.services(), this.#engine);
    });
  }

  // ---- Public facts -------------------------------------------------------------------------------------------

  /** The service as a status buffer shows it. */
  status(service: ServiceRecord): ServiceStatus {
    return statusOf(service);
  }

  /** All services with their public facts. */
  overview(): ServiceOverview[] {
    return [...this.services()].map((service) => overviewOf(service, this.#options.clock));
  }

  /** The times of the last activation of all services that were ever started, in load order. */
  times(): ServiceTimes[] {
    return [...this.services()].flatMap((service) => timesOf(service, this.#options.clock) ?? []);
  }

  /** The buffered output of a service; `undefined` if its settings do not request any. */
  bufferedLog(service: ServiceRecord, reading: BufferReading = {}): BufferedOutput | undefined {
    return this.#options.host.bufferedLog(service, reading);
  }

  /** Sets or (`undefined`) removes a variable of processes that start from now on. Throws `LimitError`. */
  setEnvironment(name: string, value: string | undefined): void {
    const { environment } = this.#options;
    this.#calls.steps.refusable(LimitError, () => {
      const replaced = value === undefined ? environment.unset(name) : environment.set(name, value);
      this.#state.variable(name, value);
      this.#listeners.environmentChanged(name, value, replaced);
    });
  }

  /** The environment as `NAME=VALUE`. */
  environmentEntries(): string[] {
    return this.#options.environment.entries().map(([name, value]) => `${name}=${value}`);
  }

  /** From now on the listener receives the service's events. */
  addListener(service: ServiceRecord, listener: ServiceListener): void {
    this.#listeners.add(service, listener);
  }

  /** From now on the listener does not receive the service's events. */
  removeListener(service: ServiceRecord, listener: ServiceListener): void {
    this.#listeners.remove(service, listener);
  }

  /** From now on the listener is told when a variable changes at run time. */
  addEnvironmentListener(listener: EnvironmentListener): void {
    this.#listeners.addEnvironment(listener);
  }

  /** From now on the listener does not hear about variables. */
  removeEnvironmentListener(listener: EnvironmentListener): void {
    this.#listeners.removeEnvironment(listener);
  }

  // ---- Events of processes, timers and the console ---------------------------------------------------------

  launched(id: number, role: ProcessRole, pid: number): void {
    this.#calls.ofProcess(id, "launched", (service) => this.#engine.events.launched(service, role, pid));
  }

  execSucceeded(id: number, role: ProcessRole): void {
    this.#calls.ofProcess(id, "executed", (service) => this.#engine.events.execSucceeded(service, role));
  }

  execFailed(...[id, role, stage, errno, refusal]: Parameters<EngineEvents["execFailed"]>): void {
    const report = (service: ServiceRecord) =>
      this.#engine.events.execFailed(service, role, { stage, errno }, refusal);
    this.#calls.ofProcess(id, "execution-failed", report);
  }

  exited(id: number, role: ProcessRole, exit: ExitStatus): void {
    this.#calls.ofProcess(id, "exited", (service) => this.#engine.events.exited(service, role, exit));
  }

  remains(id: number, pids: readonly number[]): void {
    this.#calls.ofProcess(id, "remains", (service) => this.#engine.events.remains(service, pids));
  }

  ready(id: number): void {
    this.#calls.react(id, "ready");
  }

  readinessClosed(id: number): void {
    this.#calls.react(id, "readiness-closed");
  }

  /** A service is unhealthy for this reason. What follows depends on `health-action`, and on its phase. */
  unhealthy(id: number, why: string): void {
    this.#calls.ofProcess(id, "unhealthy", (service) => this.#engine.events.unhealthy(service, why));
  }

  /** The host has taken another process as the main process of a `bgprocess` service that is up. */
  mainChanged(id: number, pid: number): void {
    this.#calls.ofProcess(id, "main-changed", (service) => this.#engine.events.mainChanged(service, pid));
  }

  /** Replaces the process of a service that is up and stays up. See `commands.replace`. */
  replace(service: ServiceRecord, why: string, variables?: Readonly<Record<string, string>>): boolean {
    return this.#calls.command(service, () => commands.replace(this.#engine, service, why, variables));
  }

  /** The time of a scheduled service has come: it runs, if it is up. */
  runDue(id: number, cause: commands.RunCause): void {
    this.#calls.ofProcess(id, "run-due", (service) => this.#engine.events.runDue(service, cause));
  }

  /** A process asks for more time to start or to stop: this many milliseconds from now. */
  extendTimeout(id: number, time: number): void {
    this.#calls.ofProcess(id, "extension", (service) => this.#engine.events.extendTimeout(service, time));
  }

  timerExpired(id: number, purpose: TimerName): void {
    this.#calls.ofProcess(id, purpose, (service) => this.#engine.events.timerExpired(service, purpose));
  }

  allKilled(id: number): void {
    this.#calls.deliver(id, (service) => this.#engine.reactor.react(service, "all-killed"));
  }

  consoleYielded(): void {
    this.#calls.drain(() => this.lifecycle.consoleYielded());
  }
}
